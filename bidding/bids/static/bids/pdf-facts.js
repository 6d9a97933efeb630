// What a PDF tells beside its pages, on which pages its bidder is named, and the same file without what told; all of it on
// this device. As bidding/bids/pdf_facts.py does after the opening. The packages are loaded when the first blind volume is.

const TELLING = ["LastModified", "Metadata", "PieceInfo"];
const squeezed = (text) => text.replace(/\s+/gu, "");

export const isPdf = async (file) => (await file.slice(0, 1024).text()).includes("%PDF-");

export async function sha256(file) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `{ metadata, marks }` of a PDF. */
export async function look(file, names, addresses) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [metadata, marks] = [await telling(bytes, addresses), await marked(bytes, names, addresses)];
  return { metadata, marks };
}

async function opened(bytes, addresses) {
  const lib = await import(addresses.lib);
  return { lib, pdf: await lib.PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: false }) };
}

async function telling(bytes, addresses) {
  let lib, pdf;
  try {
    ({ lib, pdf } = await opened(bytes, addresses));
  } catch (error) {
    return [/encrypt/i.test(error.message) ? "ENCRYPTED" : "UNREADABLE"];
  }
  const { PDFDict, PDFName, PDFStream } = lib;
  const told = new Set();
  const info = pdf.context.trailerInfo.Info && pdf.context.lookup(pdf.context.trailerInfo.Info);
  if (info instanceof PDFDict) for (const key of info.keys()) told.add(key.asString());
  for (const [, object] of pdf.context.enumerateIndirectObjects()) {
    const dict = object instanceof PDFStream ? object.dict : object instanceof PDFDict ? object : null;
    if (!dict) continue;
    for (const name of TELLING) if (dict.has(PDFName.of(name))) told.add(`/${name}`);
    const type = String(dict.get(PDFName.of("Type")) ?? "");
    const kind = String(dict.get(PDFName.of("Subtype")) ?? "");
    if (type === "/EmbeddedFile" || type === "/Filespec") told.add("ATTACHMENT");
    if (type === "/Sig" || type === "/DocTimeStamp") told.add("SIGNATURE");
    if (type === "/Annot" && kind !== "/Link" && kind !== "/Widget") told.add("COMMENT");
  }
  return [...told].sort();
}

async function marked(bytes, names, addresses) {
  const wanted = names.map(squeezed).filter(Boolean);
  const js = await import(addresses.js);
  js.GlobalWorkerOptions.workerSrc = addresses.worker;
  const task = js.getDocument({ data: bytes.slice(), isEvalSupported: false, useSystemFonts: false, verbosity: 0 });
  const marks = [];
  try {
    const pdf = await task.promise;
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const content = await (await pdf.getPage(number)).getTextContent();
      const said = squeezed(content.items.map(({ str }) => str ?? "").join(""));
      if (wanted.some((name) => said.includes(name))) marks.push(number);
    }
  } finally {
    await task.destroy();
  }
  return marks;
}

/** The same volume without author, program, dates and private data, and what was taken off. What it cannot take off stays told. */
export async function cleaned(file, addresses) {
  const { lib, pdf } = await opened(new Uint8Array(await file.arrayBuffer()), addresses);
  const { PDFDict, PDFName, PDFStream } = lib;
  const removed = new Set();
  const info = pdf.context.trailerInfo.Info;
  if (info) {
    const dict = pdf.context.lookup(info);
    if (dict instanceof PDFDict) for (const key of dict.keys()) removed.add(key.asString());
    delete pdf.context.trailerInfo.Info;
    if (info instanceof lib.PDFRef) pdf.context.delete(info);
  }
  for (const [, object] of pdf.context.enumerateIndirectObjects()) {
    const dict = object instanceof PDFStream ? object.dict : object instanceof PDFDict ? object : null;
    for (const name of dict ? TELLING : []) {
      const held = dict.get(PDFName.of(name));
      if (held === undefined) continue;
      dict.delete(PDFName.of(name));
      if (held instanceof lib.PDFRef) pdf.context.delete(held);
      removed.add(`/${name}`);
    }
  }
  const bytes = await pdf.save({ addDefaultPage: false, updateFieldAppearances: false });
  return { file: new File([bytes], file.name, { type: "application/pdf", lastModified: 0 }), removed: [...removed].sort() };
}

// Grades of qualifications, as bidding/tenders/domain/grades.py: in a consortium the lowest grade in a specialty counts.

const RANKS = { 特级: 0, 一级: 1, 壹级: 1, 甲级: 1, 二级: 2, 贰级: 2, 乙级: 2, 三级: 3, 叁级: 3, 丙级: 3 };
const TITLE = new RegExp(`^(.+?)[\\s(（]*(${Object.keys(RANKS).join("|")})[)）]*$`);

function gradeOf(title) {
  const found = TITLE.exec(title.trim());
  return found && { specialty: found[1], word: found[2], rank: RANKS[found[2]] };
}

/** The grades of a consortium by specialty: the lowest counts. */
function joint(members) {
  const counts = new Map();
  for (const grade of members.flatMap((text) => text.split(/[、,，;；\n]/)).map(gradeOf).filter(Boolean)) {
    const before = counts.get(grade.specialty);
    if (!before || grade.rank > before.rank) counts.set(grade.specialty, grade);
  }
  return counts;
}

/** The licences of a bid that count less in its consortium: `[title, grade that counts]` each. */
export function lowered(titles, members) {
  const counts = joint(members);
  return titles
    .map((title) => [title, gradeOf(title)])
    .filter(([, own]) => own && counts.get(own.specialty)?.rank > own.rank)
    .map(([title, own]) => [title, counts.get(own.specialty).word]);
}

/** The grades asked for that a bid does not reach: `[grade asked, grade that counts or ""]` each. */
export function shortOf(asked, titles, members) {
  const counts = new Map();
  for (const own of titles.map(gradeOf).filter(Boolean)) {
    const before = counts.get(own.specialty);
    if (!before || own.rank < before.rank) counts.set(own.specialty, own);
  }
  for (const [specialty, grade] of joint(members)) counts.set(specialty, grade);
  const name = ({ specialty, word }) => `${specialty}${word}`;
  return asked
    .map(gradeOf)
    .filter((least) => least && !(counts.get(least.specialty)?.rank <= least.rank))
    .map((least) => [name(least), counts.has(least.specialty) ? name(counts.get(least.specialty)) : ""]);
}

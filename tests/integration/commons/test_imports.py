"""Bulk import: ugly files, dry run, report of refused rows, re-runs, corrections, provenance."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from commons.domain import codes
from commons.domain.refusals import NotFound, NotPermitted
from commons.evidence.models import EvidenceEntry
from commons.imports import queries, sheets
from commons.imports.domain.columns import BadCell
from commons.imports.domain.tables import FileRefused, HeadingsMissing, HeadingTwice, Limits
from commons.imports.models import ImportedRow, RefusedRow
from commons.imports.services import carry_out, import_file
from commons.licences.domain import LicenceNotValid
from commons.licences.queries import valid_emission_permit
from commons.people.models import Organisation
from tests.cast import actor

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HEADINGS = ["统一社会信用代码", "名称", "行政区划", "类型", "法定代表人", "控股单位代码"]


def code(number):
    return codes.make_uscc(authority="9", category="1", region="440600", organisation8=f"MA{number:06d}")


def company(number, name="佛山一号印染有限公司", **fields):
    row = {"行政区划": "440600", "类型": "企业", "法定代表人": "陈一", "控股单位代码": ""} | fields
    return [fields.get("code", code(number)), name, *(row[heading] for heading in HEADINGS[2:])]


def as_csv(rows, encoding="utf-8-sig", headings=HEADINGS):
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return io.BytesIO(text.getvalue().encode(encoding))


def as_xlsx(rows, headings=HEADINGS):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [headings, *rows]:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return io.BytesIO(file.getvalue())


def run(file, *, name="companies.csv", dry_run=False, reason="", who="staff", kind="companies"):
    return import_file(
        actor=actor(who), kind=kind, file=file, name=name, at=AT, dry_run=dry_run, correction_reason=reason
    )


def counts(run):
    return (run.created, run.corrected, run.unchanged, run.refused)


@pytest.fixture(autouse=True)
def vault_in_a_temporary_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "vault": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "vault")},
        }
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (as_csv, "a.csv"),
        (lambda rows: as_csv(rows, "gb18030"), "a.csv"),
        (lambda rows: as_csv(rows, "utf-8"), "A.CSV"),
        (as_xlsx, "a.xlsx"),
    ],
)
def test_companies_come_in_from_every_kind_of_file(make, name):
    done = run(make([company(1), company(2, "佛山二号铝业有限公司", 类型="事业单位")]), name=name)

    assert counts(done) == (2, 0, 0, 0)
    second = Organisation.objects.get(uscc=code(2))
    assert (second.name, second.kind, second.provenance) == ("佛山二号铝业有限公司", "INSTITUTION", "migrated")


@pytest.mark.django_db
def test_a_dry_run_reports_the_same_and_changes_nothing():
    rows = [company(1), company(2, 行政区划="4406"), company(3, code="914403001922038217")]

    dry = run(as_csv(rows), dry_run=True)

    assert not Organisation.objects.filter(uscc=code(1)).exists()
    assert not ImportedRow.objects.exists()
    assert not EvidenceEntry.objects.filter(type="OrganisationImported").exists()
    assert counts(dry) == (1, 0, 0, 2)
    assert counts(run(as_csv(rows))) == counts(dry)


@pytest.mark.django_db
def test_a_dry_run_can_be_carried_out_on_the_same_document():
    dry = run(as_csv([company(1)]), dry_run=True)

    done = carry_out(actor=actor("staff"), run_id=dry.id, at=AT)

    assert (done.created, done.document_sha256, done.dry_run) == (1, dry.document_sha256, False)
    assert carry_out(actor=actor("staff"), run_id=dry.id, at=AT).unchanged == 1


@pytest.mark.django_db
def test_the_report_names_every_fault_of_a_row_and_its_line():
    rows = [company(1), ["", "", "440600", "公司", "", ""], [], company(2, 行政区划="４４０６００")]

    done = run(as_csv(rows))

    first, second = queries.refused_rows(viewer=actor("staff"), run_id=done.id)
    assert (first.line, second.line) == (3, 5)
    assert first.codes == ("IMPORT_CELL_MISSING", "IMPORT_CELL_MISSING", "IMPORT_NOT_A_CHOICE")
    assert len(first.reasons) == 3
    assert second.cells[2] == "４４０６００"


@pytest.mark.django_db
def test_a_refused_row_does_not_stop_the_others():
    rows = [company(number, 行政区划="x" if number % 50 == 0 else "440600") for number in range(1, 251)]

    done = run(as_csv(rows))

    assert counts(done) == (245, 0, 0, 5)
    assert RefusedRow.objects.filter(run_id=done.id).count() == 5


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing():
    run(as_csv([company(1), company(2)]))
    again = run(as_xlsx([company(1), company(2)]), name="again.xlsx")

    assert counts(again) == (0, 0, 2, 0)
    assert ImportedRow.objects.count() == 2


@pytest.mark.django_db
def test_other_values_for_the_same_company_need_a_reason():
    run(as_csv([company(1)]))

    refused = run(as_csv([company(1, "改名有限公司")]))

    assert counts(refused) == (0, 0, 0, 1)
    assert next(queries.refused_rows(viewer=actor("staff"), run_id=refused.id)).codes == ("IMPORT_DIFFERS",)
    assert Organisation.objects.get(uscc=code(1)).name == "佛山一号印染有限公司"


@pytest.mark.django_db
def test_a_correction_supersedes_the_row_and_keeps_what_it_said():
    first = run(as_csv([company(1)]))

    corrected = run(as_csv([company(1, "改名有限公司")]), reason="登记机关变更通知书")

    assert counts(corrected) == (0, 1, 0, 0)
    assert Organisation.objects.get(uscc=code(1)).name == "改名有限公司"
    new, old = queries.provenance(kind="companies", key=code(1))
    assert (new.run_id, old.run_id) == (corrected.id, first.id)
    assert (new.replaces, new.reason) == (old.reference, "登记机关变更通知书")
    assert ImportedRow.objects.get(run_id=first.id).values["name"] == "佛山一号印染有限公司"


@pytest.mark.django_db
def test_an_import_does_not_overwrite_what_an_organisation_registered_itself():
    Organisation.objects.create(uscc=code(1), name="自己登记", region="440600", registered_at=AT)

    done = run(as_csv([company(1)]), reason="force")

    assert next(queries.refused_rows(viewer=actor("staff"), run_id=done.id)).codes == (
        "ORGANISATION_ALREADY_REGISTERED",
    )
    assert Organisation.objects.get(uscc=code(1)).name == "自己登记"


@pytest.mark.django_db
def test_the_same_company_twice_in_one_file_is_refused_the_second_time():
    done = run(as_csv([company(1), company(1, "另一个名称")]))

    assert counts(done) == (1, 0, 0, 1)
    refused = next(queries.refused_rows(viewer=actor("staff"), run_id=done.id))
    assert refused.codes == ("IMPORT_SAME_KEY_TWICE",)


@pytest.mark.django_db
def test_provenance_reaches_from_the_company_to_the_line_of_the_document():
    done = run(as_csv([company(1), company(2)]))

    origin = queries.provenance(kind="companies", key=code(2))[0]
    evidence = EvidenceEntry.objects.get(stream=origin.reference)

    assert (origin.line, origin.document_sha256) == (3, done.document_sha256)
    assert json.loads(bytes(evidence.payload))["document"] == done.document_sha256


@pytest.mark.django_db
def test_evidence_of_an_import_names_no_person():
    run(as_csv([company(1, 法定代表人="欧阳不可见")]))
    assert not any("欧阳不可见" in bytes(entry.payload).decode() for entry in EvidenceEntry.objects.all())


@pytest.mark.django_db
def test_only_operators_import():
    for who in ("buyer1", "regulator", "finance"):
        with pytest.raises(NotPermitted):
            run(as_csv([company(1)]), who=who)


@pytest.mark.django_db
def test_bidders_do_not_see_runs():
    done = run(as_csv([company(1)]))
    with pytest.raises(NotPermitted):
        queries.run(viewer=actor("buyer1"), run_id=done.id)


@pytest.mark.django_db
def test_an_unknown_kind_is_not_found():
    with pytest.raises(NotFound):
        run(as_csv([]), kind="unicorns")


@pytest.mark.django_db
def test_a_year_of_the_calendar_can_be_entered_as_a_file():
    headings = ["日期", "上班或休", "名称", "依据"]
    rows = [
        ["2027-01-01", "休", "元旦", "国办发明电〔2026〕8号"],
        ["2027年1月3日", "上班", "元旦", "国办发明电〔2026〕8号"],
    ]

    done = run(as_csv(rows, headings=headings), kind="calendar")

    assert counts(done) == (2, 0, 0, 0)


# --- files that are no good -----------------------------------------------------------------------------------------


def read(content, name="a.csv", **limits):
    return list(sheets.read(io.BytesIO(content), name=name, limits=Limits(**limits)))


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    return file.getvalue()


def xlsx_with(sheet_xml):
    """A workbook whose first sheet is replaced by the given XML."""
    made, file = as_xlsx([]), io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, sheet_xml if entry == "xl/worksheets/sheet1.xml" else source.read(entry))
    return file.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"\r\n \r\n,,,\r\n", "a.csv"),
        (b"\xff\xfea\0b\0", "a.csv"),
        (b"a,b\0c", "a.csv"),
        (b'a,"b', "a.csv"),
        (b"\x81\x20\xff\xff\xff", "a.csv"),
        (b"a,b", "a.exe"),
        (b"a,b", "a"),
        (b"", "a.xlsx"),
        (b"no zip at all", "a.xlsx"),
        (b"PK\x03\x04" + b"\0" * 100, "a.xlsx"),
        (bomb(), "a.xlsx"),
        (xlsx_with("<worksheet"), "a.xlsx"),
        (
            xlsx_with(
                '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + SHEET % "<row><c t='str'><v>&c;</v></c></row>"
            ),
            "a.xlsx",
        ),
        (xlsx_with(SHEET % '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'), "a.xlsx"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason_and_quickly(content, name):
    with pytest.raises(FileRefused) as refused:
        read(content, name)
    assert refused.value.fields["reason"]


def test_a_file_beyond_the_limits_is_refused():
    with pytest.raises(FileRefused):
        read(b"a\n" * 100, file_bytes=50)
    with pytest.raises(FileRefused):
        read(b"a\n" + b"b\n" * 6, rows=5)
    with pytest.raises(FileRefused):
        read(b"a," * 70 + b"x")
    assert len(read(b"a\n" + b"b\n" * 5, rows=5)) == 6


def test_one_cell_of_a_megabyte_is_unusable_but_harms_nothing_else():
    lines = read(b"a,b\n1," + b"x" * 5_000)
    assert lines[1].cells[0] == "1"
    assert isinstance(lines[1].cells[1], BadCell)


def test_cells_of_a_spreadsheet_are_read_as_they_are_shown():
    rows = [[4.048, 0.1 + 0.2, 1680, datetime(2026, 1, 5), True, " 佛山\u3000", None, 1e-7]]  # noqa: DTZ001
    cells = read(as_xlsx(rows, headings=["a"] * 8).getvalue(), "a.xlsx")[1].cells
    assert cells == ("4.048", "0.3", "1680", "2026-01-05", "TRUE", "佛山", "", "0.0000001")


def test_formulas_errors_and_numbers_that_lost_digits_are_unusable():
    rows = [["=1+1", "#REF!", 914403001922038216, 9.1440300192203e17]]
    cells = read(as_xlsx(rows, headings=["a"] * 4).getvalue(), "a.xlsx")[1].cells
    assert all(isinstance(cell, BadCell) for cell in cells)


@pytest.mark.django_db
def test_headings_are_found_in_any_order_and_spelling():
    headings = ["备注", " 行政 区划*", "ＵＳＣＣ", "企业名称"]
    done = run(as_csv([["x", "440600", code(1).lower(), "佛山一号"]], headings=headings))
    assert (done.created, done.ignored_headings) == (1, ("备注",))


@pytest.mark.django_db
def test_missing_and_doubled_headings_refuse_the_file():
    with pytest.raises(HeadingsMissing) as missing:
        run(as_csv([], headings=["名称"]))
    assert "统一社会信用代码" in str(missing.value.fields["headings"])
    with pytest.raises(HeadingTwice):
        run(as_csv([], headings=[*HEADINGS, "企业名称"]))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a\x07b", "a" * 121, "\ue000"])
def test_names_with_unprintable_characters_or_without_end_are_refused(name):
    assert run(as_csv([company(1, name)])).refused == 1


@pytest.mark.django_db
def test_the_command_imports_reports_and_says_by_its_exit_code_how_it_went(tmp_path):
    good, bad, report = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "report.csv"
    good.write_bytes(as_csv([company(1)]).getvalue())
    bad.write_bytes(as_csv([company(1), company(2, "=1+1", 行政区划="x")]).getvalue())

    assert command("companies", good) == (0, "1 created")
    assert command("companies", bad, report=report) == (1, "0 created")
    assert "'=1+1" in report.read_text(encoding="utf-8")
    assert command("companies", tmp_path / "none.csv")[0] == 2
    assert command("companies", tmp_path)[0] == 2


def command(kind, file, **options):
    out = io.StringIO()
    try:
        call_command("import_table", kind, str(file), language="en", stdout=out, stderr=io.StringIO(), **options)
    except SystemExit as stop:
        return stop.code, ", ".join(re.findall(r"\d+ created", out.getvalue()))
    return 0, ", ".join(re.findall(r"\d+ created", out.getvalue()))


LICENCE = ["证照类型", "证照编号", "发证机关", "持证主体", "统一社会信用代码", "有效期起", "有效期至", "状态", "等级"]


def licence(number="440600-1", state="有效", grade="", until="2027-11-23", kind="排污许可证"):
    return [kind, number, "佛山市生态环境局", "佛山一号印染有限公司", code(1), "2022-11-24", until, state, grade]


@pytest.mark.django_db
def test_licences_come_in_as_a_table_and_what_is_said_later_counts():
    def said(*rows, reason=""):
        return counts(run(as_csv(rows, headings=LICENCE), kind="licences", reason=reason))

    assert said(licence(), licence("Z1", kind="资质证书", grade="2", until="")) == (2, 0, 0, 0)
    assert valid_emission_permit(uscc=code(1), on=AT.date()).number == "440600-1"
    assert said(licence()) == (0, 0, 1, 0)
    assert said(licence(state="吊销")) == (0, 0, 0, 1), "a change needs a reason"
    assert said(licence(state="吊销"), reason="佛环罚〔2026〕1号") == (0, 1, 0, 0)

    with pytest.raises(LicenceNotValid):
        valid_emission_permit(uscc=code(1), on=AT.date())


@pytest.mark.django_db
def test_a_number_that_no_column_holds_refuses_its_row_alone():
    rows = [licence(grade="99999999999999999999"), licence("440600-2"), licence("440600-3", until="2020-01-01")]

    done = run(as_csv(rows, headings=LICENCE), kind="licences")

    assert counts(done) == (1, 0, 0, 2)
    codes_of = [row.codes for row in queries.refused_rows(viewer=actor("staff"), run_id=done.id)]
    assert codes_of[1] == ("MALFORMED",)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [["--reason", "x" * 201], ["--report", "/no/such/folder/report.csv"]])
def test_what_the_command_cannot_keep_is_told_before_anything_is_brought_in(tmp_path, capsys, wrong):
    file = tmp_path / "companies.csv"
    file.write_bytes(as_csv([company(1)]).getvalue())

    with pytest.raises(SystemExit) as ended:
        call_command("import_table", "companies", str(file), *wrong)

    assert ended.value.code == 2
    assert capsys.readouterr().err
    assert not Organisation.objects.filter(uscc=code(1)).exists()

"""The people and organisations of the demo city; the tests use the same cast.

All of them are invented. Codes carry right check characters. Everybody's password is `PASSWORD`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.contrib.auth.hashers import make_password

from commons.domain.actor import Actor, Assurance, Role, system_actor
from commons.domain.codes import make_uscc
from commons.people import services as people

PASSWORD = "luochui-demo"  # noqa: S105  # the demo city's, printed in the README
REGION = "440600"
CLERK = system_actor("demo")
LONG_AGO = datetime(2026, 1, 4, 16, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation of the cast: `authority` and `category` are the first two characters of its code (GB 32100)."""

    name: str
    authority: str
    category: str
    kind: str
    legal_representative: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A person of the cast, for one organisation, in its roles."""

    name: str
    organisation: str
    roles: tuple[Role, ...]
    tries: str
    """What a newcomer can try with this login."""
    assurance: Assurance = Assurance.FACE_OR_LICENCE


ORGANISATIONS = {
    "centre": Body("佛山市公共资源交易中心", "1", "2", "CENTRE"),
    "ecology": Body("佛山市排污权储备中心", "1", "2", "GOVERNMENT"),
    "treasury": Body("佛山市财政局国库科", "1", "1", "GOVERNMENT"),
    "bureau": Body("佛山市生态环境局", "1", "1", "GOVERNMENT"),
    "audit": Body("佛山市审计局", "1", "1", "GOVERNMENT"),
    "jinma": Body("佛山金马印染有限公司", "9", "1", "ENTERPRISE", "梁金"),
    "lanshi": Body("佛山澜石铝业有限公司", "9", "1", "ENTERPRISE", "何澜"),
    "nanfeng": Body("三水南风陶瓷有限公司", "9", "1", "ENTERPRISE", "陈南"),
    "xijiang": Body("高明西江纸业有限公司", "9", "1", "ENTERPRISE", "黎江"),
    "lecong": Body("顺德乐从电镀有限公司", "9", "1", "ENTERPRISE", "罗从"),
    "danzao": Body("南海丹灶食品有限公司", "9", "1", "ENTERPRISE", "区丹"),
    "bank": Body("岭南商业银行佛山分行", "9", "1", "ENTERPRISE", "许岭"),
    "guarantor": Body("佛山汾江融资担保有限公司", "9", "1", "ENTERPRISE", "曾汾"),
    "insurer": Body("南粤财产保险佛山中心支公司", "9", "1", "ENTERPRISE", "谭粤"),
    "water": Body("佛山市城区水务工程建设中心", "1", "2", "INSTITUTION", "邓清"),
    "market": Body("佛山市市场监督管理局", "1", "1", "GOVERNMENT"),
    "lvyuan": Body("佛山绿源环境技术有限公司", "9", "1", "ENTERPRISE", "霍源"),
    "zhengheng": Body("佛山正衡工程咨询有限公司", "9", "1", "ENTERPRISE", "莫衡"),
    "hengxin": Body("南海恒信测绘设计有限公司", "9", "1", "ENTERPRISE", "关信"),
    "chengjian": Body("佛山城建开发有限公司", "9", "1", "ENTERPRISE", "冼建"),
    "school": Body("佛山市第九中学", "1", "2", "GOVERNMENT"),
    "agency": Body("广东岭海招标代理有限公司", "9", "1", "ENTERPRISE", "岑海"),
    "luqiao": Body("佛山路桥建设有限公司", "9", "1", "ENTERPRISE", "龙桥"),
    "shuili": Body("顺德水利工程有限公司", "9", "1", "ENTERPRISE", "欧水"),
    "anju": Body("南海安居建筑有限公司", "9", "1", "ENTERPRISE", "邓安"),
    "xinke": Body("三水新科教学设备有限公司", "9", "1", "ENTERPRISE", "伍科"),
    "land": Body("佛山市自然资源局", "1", "1", "GOVERNMENT"),
}

PARTIES = {
    "seller": Party("苏敏", "ecology", (Role.SELLER,), "draft a project, qualify buyers, sign the contract"),
    "buyer1": Party("梁一", "jinma", (Role.BIDDER,), "register, pay a deposit, bid in the live room"),
    "buyer2": Party("何二", "lanshi", (Role.BIDDER,), "bid against buyer1 from a second browser"),
    "buyer3": Party("陈三", "nanfeng", (Role.BIDDER,), "see what a winner sees after the hammer"),
    "robot1": Party("机器甲", "xijiang", (Role.BIDDER,), "a robot bidder of the demo"),
    "robot2": Party("机器乙", "lecong", (Role.BIDDER,), "a robot bidder of the demo"),
    "robot3": Party("机器丙", "danzao", (Role.BIDDER,), "a robot bidder of the demo"),
    "staff": Party("周文", "centre", (Role.STAFF, Role.OPERATOR), "check a notice, edit parameters and the calendar"),
    "staff2": Party("吴双", "centre", (Role.STAFF, Role.HOST), "publish what another has checked, approve a pause"),
    "host": Party("郑场", "centre", (Role.HOST,), "host the live room, ask for a pause"),
    "officer1": Party("江启", "centre", (Role.HOST,), "open sealed bids, together with a second officer"),
    "officer2": Party("温封", "centre", (Role.HOST,), "the second of three opening officers, of whom two are needed"),
    "officer3": Party("潘钥", "centre", (Role.HOST,), "the third opening officer"),
    "finance": Party("王算", "centre", (Role.FINANCE,), "import bank statements, order refunds"),
    "finance2": Party("冯核", "centre", (Role.FINANCE,), "approve what finance ordered"),
    "treasury": Party("钱库", "treasury", (Role.TREASURY,), "confirm a payment by its voucher"),
    "regulator": Party("林监", "bureau", (Role.REGULATOR,), "watch rooms, read the evidence log"),
    "underwriter": Party("罗核", "bank", (Role.ISSUER,), "assess an application for a guarantee"),
    "manager": Party("许签", "bank", (Role.ISSUER_MANAGER,), "sign a guarantee, grant credit, decide a claim"),
    "underwriter2": Party("曾审", "guarantor", (Role.ISSUER,), "assess for the guarantee company"),
    "manager2": Party("欧签", "guarantor", (Role.ISSUER_MANAGER,), "sign for the guarantee company"),
    "underwriter3": Party("谭审", "insurer", (Role.ISSUER,), "assess for the insurer"),
    "manager3": Party("霍签", "insurer", (Role.ISSUER_MANAGER,), "sign for the insurer"),
    "owner1": Party(
        "邓办", "water", (Role.OWNER, Role.ADMINISTRATOR), "draft a need, see who could sign up, hand it in"
    ),
    "owner2": Party("邓审", "water", (Role.OWNER,), "approve a need inside the owner, before the centre sees it"),
    "agency1": Party("霍一", "lvyuan", (Role.AGENCY,), "find a matching notice, sign up with a sealed quote"),
    "agency2": Party("莫二", "zhengheng", (Role.AGENCY,), "sign up against agency1, see why a notice does not fit"),
    "agency3": Party("关三", "hengxin", (Role.AGENCY,), "enter the supermarket: licence, qualifications, commitment"),
    "warden": Party("简管", "market", (Role.REGULATOR,), "suspend an agency, restrict one in the whole province"),
    "tenderee": Party("冼招", "chengjian", (Role.TENDEREE,), "draft a tender, answer questions, decide the award"),
    "tenderee2": Party("岳招", "chengjian", (Role.TENDEREE,), "approve what tenderee proposes: to keep a bond"),
    "purchaser": Party("曹购", "school", (Role.TENDEREE,), "buy for a public school"),
    "grantor": Party("麦地", "land", (Role.TENDEREE,), "grant a land-use right by tender"),
    "agent": Party("岑代", "agency", (Role.AGENT,), "prepare a tender for its owner"),
    "builder1": Party("龙标", "luqiao", (Role.BIDDER,), "take the documents of a tender, ask, bid"),
    "builder2": Party("欧标", "shuili", (Role.BIDDER,), "bid against builder1"),
    "builder3": Party("邓标", "anju", (Role.BIDDER,), "bid against builder1 and builder2"),
    "supplier1": Party("伍标", "xinke", (Role.BIDDER,), "bid as a small enterprise"),
    "auditor": Party("孙审", "audit", (Role.AUDITOR,), "verify logs, receipts and certificates"),
}


def uscc(key: str) -> str:
    """The unified social credit code of an organisation of the cast."""
    body = ORGANISATIONS[key]
    number = 5607781 + list(ORGANISATIONS).index(key)
    return make_uscc(authority=body.authority, category=body.category, region=REGION, organisation8=f"{number:08d}")


def organisation_id(key: str) -> int:
    """The organisation of the cast, entered on first use."""
    body = ORGANISATIONS[key]
    return people.enrol_organisation(
        actor=CLERK,
        uscc=uscc(key),
        name=body.name,
        kind=body.kind,
        region=REGION,
        legal_representative=body.legal_representative,
        at=LONG_AGO,
    )


def person_id(key: str) -> int:
    """The person of the cast with its roles, entered on first use."""
    party = PARTIES[key]
    return people.enrol_person(
        actor=CLERK,
        username=key,
        name=party.name,
        password_hash=password_hash(),
        assurance=party.assurance,
        organisation_id=organisation_id(party.organisation),
        roles=party.roles,
        at=LONG_AGO,
    )


@cache
def password_hash() -> str:
    """Everybody's password, hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def actor(key: str) -> Actor:
    """The actor of the cast, as the edge would make it from a session."""
    party = PARTIES[key]
    return Actor(
        person_id=person_id(key),
        organisation_id=organisation_id(party.organisation),
        roles=frozenset(party.roles),
        assurance=party.assurance,
        session_ref=f"cast-{key}",
    )

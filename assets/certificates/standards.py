"""The duties that a new school begins with (facilities.md 9); rows afterwards, which the school confirms and changes.

`V` marks a clause that was verified in the named secondary source, anything else is still to be checked against the official text;
local rules may be stricter. Nothing here is read after the rows are written.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

V = "verified"
GB50444 = "GB 50444-2008"


@dataclass(frozen=True)
class Each:
    """How often an action is due; `first` and `before` bound the age in months at which the interval begins."""

    action: str
    every: int
    unit: str = "month"
    by: str = "all"
    value: str = ""
    first: int = 0
    before: int | None = None


@dataclass(frozen=True)
class Number:
    """A number of the clause that is no interval."""

    code: str
    zh: str
    en: str
    value: Decimal


@dataclass(frozen=True)
class About:
    """What a duty is about: a category of equipment (its code), or places by use, kind and fire class."""

    category: str = ""
    use: str = ""
    kind: str = ""
    fire_class: str = ""


@dataclass(frozen=True)
class Standard:
    code: str
    zh: str
    en: str
    clause: str
    source: str = ""  # where the clause was verified; empty: to be checked
    each: tuple[Each, ...] = ()
    about: tuple[About, ...] = ()
    numbers: tuple[Number, ...] = ()
    target: str = "equipment"
    body: bool = False
    on_expiry: str = "warn"
    on_fail: str = "warn"
    gathered: bool = False
    apply: int | None = None  # months before the end
    keep: int = 3
    since: date = date(2000, 1, 1)
    note: str = ""

    @property
    def status(self) -> str:
        return V if self.source else "to_check"


SPECIAL = tuple(About(code) for code in ("lift", "heater", "vessel"))
BUILDINGS = (About(kind="building"),)
CAMPUSES = (About(kind="campus"),)
PLAYGROUNDS = (About(use="playground"),)
EXTINGUISHER = (About("extinguisher"),)
LIFT, BOILER, VESSEL = (About("lift"),), (About("heater"),), (About("vessel"),)
BY_FIRE_CLASS = ("ordinary", "crowded", "boiler_or_basement")


def by_agent(action: str, months: dict[str, int], first: int = 0) -> tuple[Each, ...]:
    return tuple(Each(action, n, by="agent", value=agent, first=first) for agent, n in months.items())


STANDARDS: tuple[Standard, ...] = (
    # fire extinguishers
    Standard(
        "extinguisher.check", "灭火器检查", "Check of extinguishers", f"{GB50444} 5.2.1–5.2.4", "行业网站引用的条文",
        (Each("check", 1, "month", "fire_class", "ordinary"), Each("check", 1, "half_month", "fire_class", "crowded"),
         Each("check", 1, "half_month", "fire_class", "boiler_or_basement")),
        EXTINGUISHER, gathered=True, on_fail="lock", note="按附录 C 逐项检查；缺失、移位当场处理；每次都有记录。",
    ),
    Standard(
        "extinguisher.service", "灭火器维修", "Service of extinguishers", f"{GB50444} 5.3；XF 95-2015",
        each=(
            Each("test", 36, by="agent", value="水基", before=30), Each("test", 12, by="agent", value="水基", first=30),
            *(Each("test", 60, by="agent", value=agent, before=54) for agent in ("干粉", "二氧化碳", "洁净气体")),
            *(Each("test", 24, by="agent", value=agent, first=54) for agent in ("干粉", "二氧化碳", "洁净气体")),
        ),
        about=EXTINGUISHER, body=True, on_fail="lock", gathered=True,
        note="5.3.2、5.4.1–5.4.4 已由 GB 55036-2022 废止，数值待核；早于首次维修半年内的按首次计。",
    ),
    Standard(
        "extinguisher.out", "灭火器送修比例", "Share of extinguishers away for service", f"{GB50444} 5.1.2–5.1.4", "建标库条文说明",
        about=EXTINGUISHER,
        numbers=(Number("max_out_share", "一个配置单元同时送修的最大比例", "share of a unit that may be away at once", Decimal("0.25")),),
        note="超出的由同类型、级别不低的替代；修好放回原处；由生产厂或有资格的维修单位维修。",
    ),
    Standard(
        "extinguisher.life", "灭火器报废年限", "End of life of extinguishers", f"{GB50444} 5.4；XF 95-2015；GB 55036-2022",
        each=by_agent("replace", {"水基": 72, "干粉": 120, "二氧化碳": 144, "洁净气体": 120}), about=EXTINGUISHER,
        gathered=True,
    ),
    # fire protection
    Standard(
        "fire_facility.patrol", "消防设施巡查", "Patrol of fire facilities", "GB 25201；消防法第十六条", "条文转载，标准号待核",
        (Each("check", 1, "week", "fire_class", "ordinary"), Each("check", 1, "day", "fire_class", "crowded"),
         Each("check", 1, "day", "fire_class", "boiler_or_basement")),
        BUILDINGS, target="place", note="重点单位每日一次，其他每周一次。",
    ),
    Standard(
        "fire_facility.test", "消防设施全面检测", "Full test of fire facilities", "消防法第十六条；GB 25201", each=(Each("test", 12),),
        about=BUILDINGS, target="place", body=True, apply=1, note="全系统每年至少一次，出具报告存档。",
    ),
    Standard(
        "fire.patrol", "防火巡查", "Fire patrol", "公安部令第 61 号 第二十五条", "考试网站转载", (Each("check", 1, "day"),), BUILDINGS,
        (Number("open_hours", "营业期间巡查间隔（小时）", "patrol interval while crowded places are open (hours)", Decimal(2)),),
        "place", note="重点单位每日巡查，人员、内容、部位、频次固定；公众聚集场所开放期间至少每 2 小时一次。",
    ),
    Standard(
        "fire.night_patrol", "夜间防火巡查", "Fire patrol at night", "公安部令第 61 号 第二十五条", each=(Each("check", 1, "day"),),
        about=(About(use="dormitory", kind="building"),), target="place", note="寄宿制学校、幼儿园应当加强夜间防火巡查。",
    ),
    Standard(
        "fire.inspection", "防火检查", "Fire inspection", "公安部令第 61 号 第二十六条", "kuaida2 转载", (Each("check", 3),), BUILDINGS,
        target="place", note="机关、团体、事业单位至少每季度一次，其他单位至少每月一次；检查人和被检查部门负责人都签字。",
    ),
    Standard(
        "fire.college", "高等学校防火检查", "Fire inspection of colleges", "教育部、公安部令第 28 号 第二十四条、第二十六条", "hbrsks 转载",
        (Each("check", 3),), CAMPUSES,
        (Number("report_hours", "火灾上报教育主管部门的时限（小时）", "a fire is reported to the authority within (hours)", Decimal(2)),),
        "place",
    ),
    Standard(
        "fire.ten_rules", "中小学幼儿园消防安全十项规定", "Ten fire rules of schools and kindergartens", "教发厅〔2024〕1 号",
        "第一至三条已核，其余待核", (Each("check", 12),), CAMPUSES, target="place",
        note="岗位责任到人并公示；地下室不得设宿舍；不得用易燃可燃材料隔断；巡查频次待核。",
    ),
    # special equipment
    Standard(
        "special.self_check", "特种设备月度自行检查", "Monthly self-check of special equipment", "特种设备安全监察条例", "浙江农林大学规定",
        (Each("check", 1),), SPECIAL, on_fail="lock", keep=5,
    ),
    Standard(
        "special.safety_devices", "安全附件校验", "Calibration of safety devices", "特种设备安全监察条例", "浙江农林大学规定（周期待核）",
        (Each("calibrate", 12),), (*BOILER, *VESSEL), body=True, on_fail="lock", keep=5,
    ),
    Standard(
        "special.dossier", "特种设备安全技术档案", "Dossier of special equipment", "特种设备安全监察条例", "浙江农林大学规定", about=SPECIAL,
        numbers=(Number("groups", "档案的组数", "groups of papers in the dossier", Decimal(5)),), keep=30,
    ),
    Standard(
        "special.registration", "特种设备使用登记", "Registration of special equipment", "特种设备安全监察条例", "浙江农林大学规定", about=SPECIAL,
        numbers=(Number("register_days", "投入使用后登记的期限（天）", "days after the first use to register", Decimal(30)),),
    ),
    Standard("special.mark", "使用标志公示", "Mark of use displayed", "特种设备安全监察条例", "浙江农林大学规定", about=SPECIAL),
    Standard(
        "special.officers", "特种设备安全总监、安全员", "Safety director and officers of special equipment", "市场监管总局令第 74 号", "ehs.cn 转载",
        about=SPECIAL, since=date(2023, 5, 5),
        numbers=(Number("officers", "每类设备的安全员人数，至少", "safety officers for each kind of device, at least", Decimal(1)),),
        note="按设备类别配备并书面任命；按类别编制风险管控清单，由安全总监组织、主要负责人批准。",
    ),
    Standard(
        "special.daily", "特种设备日管控", "Daily control of special equipment", "市场监管总局令第 74 号", "ehs.cn 转载",
        (Each("check", 1, "day"),), SPECIAL, since=date(2023, 5, 5), note="安全员每日按风险管控清单检查；没有设备运行的日子作“零风险”记录。",
    ),
    Standard(
        "special.weekly", "特种设备周排查", "Weekly review of special equipment", "市场监管总局令第 74 号", "ehs.cn 转载",
        (Each("check", 1, "week"),), SPECIAL, since=date(2023, 5, 5), note="安全总监或安全员每周排查。",
    ),
    Standard(
        "special.monthly", "特种设备月调度", "Monthly meeting on special equipment", "市场监管总局令第 74 号", "ehs.cn 转载",
        (Each("check", 1),), SPECIAL, since=date(2023, 5, 5), note="主要负责人每月听取汇报，形成会议纪要。",
    ),
    Standard("lift.upkeep_half_month", "电梯半月维保", "Half-monthly upkeep of lifts", "TSG T5002-2017", each=(Each("check", 15, "day"),),
             about=LIFT, body=True, keep=4, note="由有资格的维保单位做；15 日的间隔待核。"),
    Standard("lift.upkeep_quarter", "电梯季度维保", "Quarterly upkeep of lifts", "TSG T5002-2017 附件", "附件条目", (Each("check", 3),), LIFT,
             body=True, keep=4),
    Standard("lift.upkeep_half_year", "电梯半年维保", "Half-yearly upkeep of lifts", "TSG T5002-2017 附件", "附件条目", (Each("check", 6),), LIFT,
             body=True, keep=4),
    Standard("lift.upkeep_year", "电梯年度维保", "Yearly upkeep of lifts", "TSG T5002-2017 附件", "附件条目", (Each("check", 12),), LIFT, body=True,
             keep=4),
    Standard(
        "lift.inspection", "电梯定期检验", "Inspection of lifts", "TSG T7001-2023",
        each=(Each("inspect", 12, before=6), Each("inspect", 36, first=6, before=78), Each("inspect", 24, first=78, before=174),
              Each("inspect", 12, first=174)),
        about=LIFT, body=True, on_expiry="lock", on_fail="lock", apply=1, keep=5,
        note="第 1、4、7、9、11、13、15 年检验，之后每年；早于满年半年内的算该年。规则号已核，年限表待核。",
    ),
    Standard(
        "lift.test", "电梯自行检测", "Testing of lifts", "TSG T7008-2023",
        each=(Each("test", 24, before=18), Each("test", 12, first=18, before=30), Each("test", 24, first=30, before=54),
              Each("test", 12, first=54, before=66), Each("test", 24, first=66, before=162)),
        about=LIFT, body=True, on_expiry="lock", on_fail="lock", apply=1, keep=5, note="不检验的年份检测；满 15 年后每年检验。年限表待核。",
    ),
    Standard("boiler.external", "锅炉外部检验", "External inspection of boilers", "TSG 11-2020", each=(Each("inspect", 12),), about=BOILER,
             body=True, on_expiry="lock", on_fail="lock", apply=1, keep=5, note="每年一次。旧表已核，现行规则待核。"),
    Standard("boiler.internal", "锅炉内部检验", "Internal inspection of boilers", "TSG 11-2020", each=(Each("inspect", 24),), about=BOILER,
             body=True, on_expiry="lock", on_fail="lock", apply=1, keep=5, note="一般每 2 年一次。"),
    Standard("boiler.hydrostatic", "锅炉水（耐）压试验", "Pressure test of boilers", "TSG 11-2020", each=(Each("test", 72),), about=BOILER,
             body=True, on_expiry="lock", on_fail="lock", apply=1, keep=5, note="一般每 6 年一次。"),
    Standard("vessel.yearly", "压力容器年度检查", "Yearly check of pressure vessels", "TSG 21-2016", each=(Each("check", 12),), about=VESSEL,
             keep=5, on_fail="lock"),
    Standard(
        "vessel.inspection", "压力容器定期检验", "Periodic inspection of pressure vessels", "TSG 21-2016",
        each=(Each("inspect", 36, by="grade", value="none"), Each("inspect", 72, by="grade", value="1"),
              Each("inspect", 72, by="grade", value="2"), Each("inspect", 36, by="grade", value="3")),
        about=VESSEL, body=True, on_expiry="lock", on_fail="lock", apply=1, keep=10,
        note="首次不迟于 3 年；1、2 级 6 年，3 级 3–6 年，4 级由检验机构定（按证上的有效期），5 级应当处理或停用。",
    ),
    # buildings, sports
    Standard("building.survey", "校舍安全排查", "Danger survey of school buildings", "国办发〔2013〕103 号", "lawyers.org.cn 摘要",
             (Each("check", 6),), BUILDINGS, target="place", on_fail="close", note="每学期至少一次；信息入全国系统，及时预警。"),
    Standard(
        "building.appraisal", "校舍安全鉴定", "Appraisal of school buildings", "国办发〔2013〕103 号", "lawyers.org.cn 摘要",
        (Each("appraise", 60, before=600), Each("appraise", 12, first=600)), BUILDINGS, target="place", body=True, on_fail="close",
        keep=50, apply=1, note="一般每 5 年；抗震不达标或超过设计使用年限的每年（年龄按建成年份）。",
    ),
    Standard("playground.daily", "游乐设施日检", "Daily check of playgrounds", "GB/T 34272-2017", each=(Each("check", 1, "day"),),
             about=PLAYGROUNDS, target="place", on_fail="close"),
    Standard("playground.monthly", "游乐设施月检", "Monthly check of playgrounds", "GB/T 34272-2017", each=(Each("check", 1),),
             about=PLAYGROUNDS, target="place", on_fail="close"),
    Standard("playground.yearly", "游乐设施年检", "Yearly check of playgrounds", "GB/T 34272-2017", each=(Each("test", 12),), about=PLAYGROUNDS,
             target="place", on_fail="close"),
    Standard("fitness.outdoor", "室外健身器材检查", "Check of outdoor fitness equipment", "GB 19272-2024", each=(Each("check", 1),),
             about=(About("fitness"),), on_fail="lock", since=date(2025, 9, 1), note="新标准 2025 年 9 月 1 日起施行；周期待核。"),
    Standard("sports.equipment", "体育器材安全检查", "Safety check of sports equipment", "GB/T 37913-2019", each=(Each("check", 6),),
             about=(About("sports"),), on_fail="lock", gathered=True, note="每学期；周期待核。"),
    # electricity, gas, water
    Standard("lightning.yearly", "防雷装置检测", "Test of lightning protection", "防雷减灾管理办法 第十九条", "inhy 转载",
             (Each("test", 12),), BUILDINGS, target="place", body=True, apply=1),
    Standard("lightning.hazard", "爆炸、火灾危险场所防雷检测", "Lightning protection of hazardous places", "防雷减灾管理办法 第十九条", "inhy 转载",
             (Each("test", 6),), (About(use="boiler_room"),), target="place", body=True, apply=1),
    Standard("rcd.button", "漏电保护器试跳", "Test button of residual-current devices", "GB/T 13955-2017", each=(Each("check", 1),),
             about=(About("switchboard"),), on_fail="lock"),
    Standard("electric_room.patrol", "配电室巡视", "Patrol of electrical rooms", "DL/T 596", each=(Each("check", 1),),
             about=(About(use="power_room"),), target="place"),
    Standard("electric.preventive", "电气预防性试验", "Preventive electrical tests", "DL/T 596", each=(Each("test", 36),),
             about=(About("switchboard"),), body=True, on_fail="lock", note="1–3 年一次。"),
    Standard("valve.calibration", "安全阀校验", "Calibration of safety valves", "JJG；TSG ZF001", each=(Each("calibrate", 12),),
             about=(About("safety_valve"),), body=True, on_expiry="lock", on_fail="lock", apply=1),
    Standard("gauge.calibration", "压力表检定", "Verification of pressure gauges", "JJG 52", each=(Each("calibrate", 6),),
             about=(About("pressure_gauge"),), body=True, on_fail="lock", gathered=True),
    Standard("gas.yearly", "燃气设施安全检查", "Yearly check of gas installations", "城镇燃气管理条例", each=(Each("test", 12),),
             about=(About(use="kitchen"),), target="place", body=True, on_fail="close"),
    Standard("gas.alarm", "燃气报警器检定", "Verification of gas alarms", "JJG 693", each=(Each("calibrate", 12),), about=(About("gas_alarm"),),
             body=True, on_fail="lock", gathered=True),
    Standard("gas.hose", "燃气软管更换", "Replacement of gas hoses", "城镇燃气管理条例；地方规定", each=(Each("replace", 18),),
             about=(About("gas_hose"),), gathered=True, note="18–24 个月，取严。"),
    Standard("hood.duct", "排油烟道清洗", "Cleaning of hoods and ducts", "地方规定", each=(Each("clean", 60, "day"),),
             about=(About(use="kitchen"),), target="place"),
    Standard("emergency_light.function", "应急照明月度功能检查", "Monthly check of emergency lights", "GB 17945；GB 25201",
             each=(Each("check", 1),), about=(About("emergency_light"),), gathered=True),
    Standard("emergency_light.discharge", "应急照明年度放电试验", "Yearly discharge of emergency lights", "GB 17945；GB 25201",
             each=(Each("test", 12),), about=(About("emergency_light"),), gathered=True),
    Standard("water_tank.clean", "二次供水水箱清洗与水质检测", "Cleaning of water tanks, with water test", "GB 17051；地方规定",
             each=(Each("clean", 6), Each("test", 6)), about=(About("water_tank"),), body=True, on_fail="lock"),
    # campaigns, permits, records
    Standard("campaign.term", "开学前安全大检查", "Safety campaign before term", "惯例", each=(Each("check", 6),), about=CAMPUSES, target="place"),
    Standard("campaign.flood", "汛前检查", "Campaign before the flood season", "惯例", each=(Each("check", 12),), about=CAMPUSES, target="place"),
    Standard("campaign.winter", "冬季防火防冻检查", "Campaign before winter", "惯例", each=(Each("check", 12),), about=CAMPUSES, target="place"),
    Standard(
        "permit.hours", "作业票时限", "How long a work permit holds", "GB 30871-2022（仅作参照）", about=CAMPUSES, target="place",
        numbers=(Number("max_hours", "一张作业票的最长时间（小时）", "a permit holds at most (hours)", Decimal(8)),),
    ),
    Standard(
        "danger.major", "重大隐患五落实", "Five points of a major danger", "惯例", about=CAMPUSES, target="place",
        numbers=(Number("points", "必须落实的事项数", "points that must be fixed", Decimal(5)),), note="措施、责任、资金、时限、预案。",
    ),
    Standard(
        "records.kept", "记录保存", "Keeping of records", "惯例", about=CAMPUSES, target="place",
        numbers=(Number("min_years", "最短保存年限", "records are kept at least (years)", Decimal(3)),),
    ),
)

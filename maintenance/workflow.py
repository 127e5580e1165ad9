"""The legal moves of repair requests and work orders (facilities.md 4.1, 4.2)."""
from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics.core.workflow import SYSTEM, Relation, State, Workflow
from maintenance import crew, effects, guards
from maintenance.models import RepairRequest, WorkOrder

REPORTER = Relation("reporter", _("the reporter"), lambda record, person: record.reporter_id is not None and record.reporter_id == person.pk)
LEAD = Relation("lead", _("the assigned technician"), lambda record, person: record.lead_id is not None and record.lead_id == person.pk)
CREW = Relation("crew", _("a helper"), lambda record, person: crew.helps(record, person))
FIRM = Relation("firm", _("the firm that has it"), lambda record, person: record.contractor_id is not None
                and "contractor" in person.kinds and person.organisation_id == record.contractor_id)
POOL = Relation("pool", _("technicians of the team"), guards.may_claim)
DISPATCH = ("dispatcher", "facilities_manager")
LEADERS = ("team_leader", "facilities_manager", "safety_officer")

REQUESTS = Workflow(RepairRequest, (
    State("submitted", _("New"), "wait", "hourglass"),
    State("needs_info", _("Needs info"), "late", "help-circle"),
    State("accepted", _("Accepted"), "run", "tool"),
    State("resolved", _("To confirm"), "wait", "eye-check"),
    State("confirmed", _("Confirmed"), "done", "check"),
    State("auto_closed", _("Lapsed"), "off", "clock"),
    State("rejected", _("Rejected"), "off", "x"),
    State("withdrawn", _("Withdrawn"), "off", "arrow-back-up"),
))
(REQUESTS
 .move("accept", _("Accept"), "submitted needs_info", "accepted", (*DISPATCH, SYSTEM), _("accepted it: %(order)s"), weight=10, icon="check",
       form="maintenance.forms.AcceptForm", effect=effects.accept, after=effects.accepted, locks=effects.locks_order)
 .move("ask", _("Ask back"), "submitted", "needs_info", DISPATCH, _("asked the reporter"), weight=30, icon="help-circle",
       form="maintenance.forms.QuestionForm", effect=effects.ask, after=effects.asked)
 .move("answer", _("Answer"), "needs_info", "submitted", REPORTER, _("answered"), weight=5, icon="message",
       form="maintenance.forms.AnswerForm", effect=effects.answer, after=effects.answered)
 .move("join", _("Join"), "submitted needs_info accepted", "", DISPATCH, _("joined it to %(root)s"), weight=20, icon="git-merge",
       form="maintenance.forms.JoinForm", guard=guards.join, effect=effects.join, after=effects.joined, locks=effects.locks_root)
 .move("detach", _("Take out"), "submitted needs_info accepted", "submitted", DISPATCH, _("took it out of the joint order"), weight=40,
       icon="arrows-split", guard=guards.detach, effect=effects.detach, after=effects.detached, locks=effects.locks_own_order,
       question=_("Take this report out of the joint order?"))
 .move("split", _("Split"), "submitted needs_info accepted", "", DISPATCH, _("split it: %(description)s"), weight=50, icon="arrows-split",
       form="maintenance.forms.SplitForm", after=effects.split)
 .move("reject", _("Reject"), "submitted needs_info", "rejected", DISPATCH, _("rejected it"), weight=90, icon="x", danger=True,
       form="maintenance.forms.ReasonForm", guard=guards.reject, effect=effects.ended, after=effects.rejected)
 .move("withdraw", _("Withdraw"), "submitted needs_info", "withdrawn", REPORTER, _("withdrew it"), weight=90, icon="arrow-back-up",
       danger=True, question=_("Withdraw this report?"), form="maintenance.forms.WithdrawForm", effect=effects.withdraw, after=effects.clocks_stopped, locks=effects.locks_own_order)
 .move("appeal", _("Ask to look again"), "rejected", "submitted", REPORTER, _("asked to look at it again"), weight=20, icon="rotate-clockwise",
       form="maintenance.forms.AppealForm", guard=guards.appeal, effect=effects.appeal, after=effects.appealed)
 .move("requeue", _("Back to the queue"), "accepted", "submitted", SYSTEM, _("put it back into the queue: the order was cancelled"),
       icon="arrow-back-up", effect=effects.requeued, after=effects.detached)
 .move("resolve", _("Repaired"), "accepted", "resolved", SYSTEM, _("reported the repair as done"), icon="tool", effect=effects.resolve,
       after=effects.tell_reporter_done)
 .move("confirm", _("Fixed"), "resolved", "confirmed", REPORTER, _("confirmed the repair"), weight=5, icon="thumb-up",
       form="maintenance.forms.ConfirmForm", effect=effects.ended, after=effects.confirmed, locks=effects.locks_own_order)
 .move("dispute", _("Not fixed"), "resolved", "accepted", REPORTER, _("said it is not fixed"), weight=10, icon="thumb-down",
       form="maintenance.forms.DisputeForm", guard=guards.dispute, effect=effects.dispute, after=effects.disputed, locks=effects.locks_own_order)
 .move("lapse", _("Lapse"), "resolved", "auto_closed", SYSTEM, _("ended it: nobody answered"), icon="clock", effect=effects.ended,
       after=effects.lapsed, locks=effects.locks_own_order))

ORDERS = Workflow(WorkOrder, (
    State("draft", _("Draft"), "draft", "pencil"),
    State("open", _("To assign"), "wait", "hourglass"),
    State("assigned", _("To accept"), "wait", "user-question"),
    State("accepted", _("Taken"), "run", "user-check"),
    State("in_progress", _("In progress"), "run", "tool"),
    State("on_hold", _("On hold"), "off", "player-pause"),
    State("done", _("To verify"), "wait", "eye-check"),
    State("closed", _("Closed"), "done", "check"),
    State("cancelled", _("Cancelled"), "off", "ban"),
))
(ORDERS
 .move("release", _("Release"), "draft", "open", (*DISPATCH, SYSTEM), _("released it"), weight=10, icon="send", effect=effects.release,
       after=effects.released)
 .move("assign", _("Assign"), "open assigned accepted", "assigned", (*DISPATCH, "team_leader", SYSTEM), _("assigned it to %(to)s"), weight=10,
       icon="user-check", form="maintenance.forms.AssignForm", effect=effects.assign, after=effects.assigned)
 .move("assign_firm", _("Give to a firm"), "open assigned accepted", "assigned", DISPATCH, _("gave it to %(contractor)s"), weight=30,
       icon="building", form="maintenance.forms.FirmForm", effect=effects.assign_firm, after=effects.assigned_firm)
 .move("claim", _("Take it"), "open", "accepted", POOL, _("took it from the pool"), weight=5, icon="hand-grab", guard=guards.claim,
       effect=effects.claim, after=effects.accepted_work)
 .move("accept", _("Accept job"), "assigned", "accepted", (LEAD, FIRM), _("accepted the job"), weight=5, icon="user-check", guard=guards.papers,
       after=effects.accepted_work)
 .move("decline", _("Decline"), "assigned", "open", (LEAD, FIRM), _("declined the job"), weight=60, icon="arrow-back-up", danger=True,
       form="maintenance.forms.ReasonForm", effect=effects.put_back, after=effects.declined)
 .move("put_back", _("Put back"), "accepted", "open", SYSTEM, _("put it back: not started in time"), icon="arrow-back-up",
       effect=effects.put_back, after=effects.declined)
 .move("take_back", _("Take back"), "assigned", "open", SYSTEM, _("took it back: not accepted in time, and nobody else is left to ask"),
       icon="arrow-back-up", effect=effects.put_back, after=effects.taken_back)
 .move("hand_back", _("Hand back"), "open assigned accepted in_progress on_hold", "", SYSTEM, _("handed it back to %(to)s, who was at work on it"),
       icon="arrow-back-up", effect=effects.hand_back, after=effects.handed_back)
 .move("start", _("Start"), "accepted", "in_progress", (LEAD, CREW, FIRM), _("started work"), weight=5, icon="player-play", guard=guards.start,
       after=effects.started)
 .move("clock_on", _("Begin my time"), "in_progress", "", CREW, _("began to work on it"), weight=6, icon="player-play", guard=guards.start,
       when=crew.idle, after=crew.clock_on)
 .move("clock_off", _("Stop my time"), "in_progress", "", CREW, _("stopped working on it"), weight=6, icon="player-pause", when=crew.at_it,
       after=crew.clock_off)
 .move("add_helper", _("Add helper"), "assigned accepted in_progress on_hold", "", (LEAD, *DISPATCH, "team_leader"),
       _("added %(to)s as a helper"), weight=55, icon="user-plus", form="maintenance.crew_forms.HelperForm", when=crew.led, effect=crew.check,
       after=crew.added)
 .move("take_off", _("Take off"), "assigned accepted in_progress on_hold", "", (LEAD, *DISPATCH, "team_leader"),
       _("took %(helper)s off it"), weight=56, icon="user-minus", form="maintenance.crew_forms.TakeOffForm", when=crew.helped, after=crew.taken_off)
 .move("hold", _("Hold"), "accepted in_progress", "on_hold", (LEAD, *DISPATCH), _("put it on hold: %(hold_reason)s"), weight=50,
       icon="player-pause", form="maintenance.forms.HoldForm", effect=effects.hold, after=effects.held)
 .move("resume", _("Resume"), "on_hold", "in_progress", (LEAD, *DISPATCH, SYSTEM), _("resumed work"), weight=5, icon="player-play",
       guard=guards.resume, effect=effects.resume, after=effects.resumed)
 .move("estimate", _("Estimate the cost"), "open assigned accepted in_progress on_hold", "", (LEAD, *DISPATCH, "team_leader"),
       _("estimated the cost: %(amount)s CNY"), weight=65, icon="wallet", form="maintenance.forms.EstimateForm", effect=effects.estimate,
       after=effects.estimated)
 .move("ask_approval", _("Ask for approval"), "open assigned accepted in_progress on_hold", "", (LEAD, *DISPATCH, "team_leader"),
       _("asked for approval of the cost"), weight=8, icon="checkbox", form="maintenance.forms.AskForm", guard=guards.ask_approval,
       when=guards.asks, after=effects.asked_approval)
 .move("finish", _("Finish"), "in_progress", "done", (LEAD, FIRM), _("finished; waiting for verification"), weight=10, icon="check",
       form="maintenance.forms.FinishForm", guard=guards.finish, effect=effects.finish, after=effects.finished)
 .move("verify", _("Verify"), "done", "closed", (*LEADERS, SYSTEM), _("verified the work"), weight=5, icon="eye-check",
       guard=guards.verify, effect=effects.close, after=effects.closed)
 .move("return", _("Return"), "done", "in_progress", (*LEADERS, SYSTEM), _("returned it for rework"), weight=40, icon="arrow-back-up",
       form="maintenance.forms.ReasonForm", effect=effects.send_back, after=effects.sent_back)
 .move("reopen", _("Reopen"), "closed", "in_progress", (*DISPATCH, SYSTEM), _("reopened it"), weight=60, icon="rotate-clockwise",
       form="maintenance.forms.ReasonForm", guard=guards.reopen, effect=effects.send_back, after=effects.sent_back)
 .move("prioritise", _("Set priority"), "open assigned accepted in_progress on_hold", "", (*DISPATCH, SYSTEM), _("set the priority to %(priority)s"),
       weight=70, icon="flag", form="maintenance.forms.PriorityForm", effect=effects.prioritise, after=effects.reprioritised)
 .move("checklist", _("Put a checklist on it"), "draft open assigned accepted in_progress on_hold", "", DISPATCH,
       _("put the checklist %(checklist)s on it"), weight=75, icon="checklist", form="maintenance.checklists.forms.PutForm", after=effects.checklist_put)
 .move("cancel", _("Cancel"), "draft open assigned accepted in_progress on_hold", "cancelled", DISPATCH, _("cancelled it"), weight=95, icon="ban",
       danger=True, form="maintenance.forms.ReasonForm", guard=guards.cancel, effect=effects.cancel, after=effects.cancelled))

//! Faults for proving the checkers of the tests: a build with the feature `planted-faults` breaks one promise on
//! purpose. No other build has this module.
//!
//! Where a promise is kept, one line asks [`Fault::is_planted`]; what is done instead stands in a file `planted.rs`
//! beside it, when it is more than that line.

use std::sync::OnceLock;

/// Which promise is broken. The numbers are those of the rules that must never break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A job is completed in another transaction than its effect.
    JobApartFromEffect,
    /// A worker that lost its lease does its step all the same.
    UnfencedJobs,
    /// SQLite acknowledges commits that were not forced to the disk.
    UnsyncedCommits,
    /// 1: what concerns two people is done when it is proposed.
    EffectWithoutDecision,
    /// 1: the decision about a task that was changed names another plan.
    DecisionForAnotherPlan,
    /// 1: an approval counts whichever plan it names.
    StaleApprovalCounts,
    /// 1: of a task that was approved in part all is done.
    WholeInPlaceOfPart,
    /// 1: who says in a chat that he approves has approved.
    ChatApproves,
    /// 2: a dismissal that came too late is answered like one that won.
    LoserIsToldYes,
    /// 2: a second dismissal takes the place of the first.
    SecondDismissalWins,
    /// 2: who has decided stands in the body.
    BodyNamesTheApprover,
    /// 2: looking at a task approves it.
    GetDecides,
    /// 2: a refusal does not say who has decided.
    WinnerIsNotNamed,
    /// 3: a task is approved, and its job is never written.
    JobForgotten,
    /// 3: each step of a job is done twice.
    StepRunsTwice,
    /// 3: each note of a task is written twice.
    NoteWrittenTwice,
    /// 3: a list counts one member too many.
    MemberCountedTwice,
    /// 3: a task fails without a reason.
    FailedWithoutReason,
    /// 4: an approval is answered before its commit.
    AnswerBeforeCommit,
    /// 4: Lexi's answer is told and not stored.
    ReplyNotKept,
    /// 5: a task is shown to whoever knows its id.
    ForeignTaskShown,
    /// 5: a task is dismissed by whoever knows its id.
    ForeignTaskDismissed,
    /// 5: the feed of events is one for all workspaces.
    ForeignEvents,
    /// 6: a preview counts nobody as a contact already.
    PreviewMiscounts,
    /// 6: the last of those selected is left out, and that is not said.
    LeftOutInSilence,
    /// 6: who is skipped is named without a reason.
    SkippedWithoutReason,
    /// 6: the number of those who fit is the index's, which counts one too many.
    IndexCounts,
}

/// The faults under the names by which one is chosen.
const NAMES: &[(&str, Fault)] = &[
    ("job-apart-from-effect", Fault::JobApartFromEffect),
    ("unfenced-jobs", Fault::UnfencedJobs),
    ("unsynced-commits", Fault::UnsyncedCommits),
    ("effect-without-decision", Fault::EffectWithoutDecision),
    ("decision-for-another-plan", Fault::DecisionForAnotherPlan),
    ("stale-approval-counts", Fault::StaleApprovalCounts),
    ("whole-in-place-of-part", Fault::WholeInPlaceOfPart),
    ("chat-approves", Fault::ChatApproves),
    ("loser-is-told-yes", Fault::LoserIsToldYes),
    ("second-dismissal-wins", Fault::SecondDismissalWins),
    ("body-names-the-approver", Fault::BodyNamesTheApprover),
    ("get-decides", Fault::GetDecides),
    ("winner-is-not-named", Fault::WinnerIsNotNamed),
    ("job-forgotten", Fault::JobForgotten),
    ("step-runs-twice", Fault::StepRunsTwice),
    ("note-written-twice", Fault::NoteWrittenTwice),
    ("member-counted-twice", Fault::MemberCountedTwice),
    ("failed-without-reason", Fault::FailedWithoutReason),
    ("answer-before-commit", Fault::AnswerBeforeCommit),
    ("reply-not-kept", Fault::ReplyNotKept),
    ("foreign-task-shown", Fault::ForeignTaskShown),
    ("foreign-task-dismissed", Fault::ForeignTaskDismissed),
    ("foreign-events", Fault::ForeignEvents),
    ("preview-miscounts", Fault::PreviewMiscounts),
    ("left-out-in-silence", Fault::LeftOutInSilence),
    ("skipped-without-reason", Fault::SkippedWithoutReason),
    ("index-counts", Fault::IndexCounts),
];

static PLANTED: OnceLock<Fault> = OnceLock::new();

impl Fault {
    /// The fault of that name; nothing when there is none.
    pub fn named(name: &str) -> Option<Fault> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }

    /// Whether this process has this fault.
    pub fn is_planted(self) -> bool {
        PLANTED.get() == Some(&self)
    }
}

/// Chooses the fault of this process. Once; a second call changes nothing.
pub fn plant(fault: Fault) {
    let _ = PLANTED.set(fault);
}

/** One suite that judges any StoreBackend. */

export type {
  CheckContext,
  Endable,
  Instance,
  Killed,
  StepListener,
} from "./harness/check-context.ts";
export { CannotRunError } from "./harness/cannot-run-error.ts";
export type { CheckOptions } from "./harness/check-settings.ts";
export {
  checkLinearizability,
  type LinearizabilityOptions,
  type LinearizabilityVerdict,
} from "./harness/linearizability/check-linearizability.ts";
export type {
  Operation,
  OperationInput,
  OperationResult,
} from "./harness/linearizability/operation.ts";
export {
  HistoryRecorder,
  type RecordedWrite,
  type RecordingOptions,
} from "./harness/history-recorder.ts";
export { checkWatches, type WatchVerdict } from "./harness/watches/check-watches.ts";
export type {
  ObservedEvent,
  ObservedWatch,
  ShownResource,
} from "./harness/watches/observed-watch.ts";
export type { WatchRule, WatchViolation } from "./harness/watches/watch-violation.ts";
export type { Script, ScriptApply, ScriptCall, ScriptDelete } from "./harness/kill/script.ts";
export type { FailureKind, RequirementOutcome } from "./harness/run-requirement.ts";
export type { RunEvent } from "./harness/run-subject.ts";
export { runSuite, type RunOptions } from "./harness/run-suite.ts";
export { samplesFrom } from "./harness/samples-from.ts";
export type { Selection } from "./harness/select-requirements.ts";
export {
  type Damage,
  defineSubject,
  type OutsideWriter,
  type Sample,
  type StoreContext,
  type Subject,
} from "./harness/subject.ts";
export { type BackendWrapper, wrapSubject } from "./harness/wrap-subject.ts";
export { renderReport, type ReportFormat } from "./report/formats.ts";
export {
  isConformant,
  type Environment,
  type ProfileReport,
  type ProfileResult,
  type Report,
  type RequirementReport,
  type RequirementStatus,
  type SelectedRequirement,
  type SubjectReport,
} from "./report/report.ts";
export { writeReports } from "./report/write-reports.ts";
export { requirements } from "./requirements/index.ts";
export type { Profile, Requirement } from "./requirements/requirement.ts";

/** What stands in the way of an install, and what to do about it. */
export type Finding = {
  readonly found: string;
  readonly fix: string;
  readonly kind: 'missing' | 'refused';
};

export type GateReport = {
  /** Everything that was found, not the first thing alone; empty if the gate is passed. */
  readonly findings: readonly Finding[];
  /** What could not be checked here, and why. */
  readonly notChecked: readonly string[];
};

export const refused = (found: string, fix: string): Finding => ({ found, fix, kind: 'refused' });
export const missing = (found: string, fix: string): Finding => ({ found, fix, kind: 'missing' });

export const found = (...findings: readonly Finding[]): GateReport => ({ findings, notChecked: [] });
export const notChecked = (...sentences: readonly string[]): GateReport => ({ findings: [], notChecked: sentences });
export const NOTHING: GateReport = { findings: [], notChecked: [] };

export const together = (reports: readonly GateReport[]): GateReport => ({
  findings: reports.flatMap(({ findings }) => findings),
  notChecked: reports.flatMap((report) => report.notChecked),
});

/** `partwise/store`: where breakpoints are kept, and their format. */
export {
  type Breakpoint,
  BreakpointHeader,
  type BreakpointRecord,
  encodeRecord,
  foldRecords,
  type LaterRecord,
  type PartFact,
  type RecordedFact,
} from './breakpoint.ts';
export { breakpointKey } from './breakpoint-key.ts';
export { type FileStoreOptions, fileBreakpointStore } from './breakpoint-store.file.ts';
export { memoryBreakpointStore } from './breakpoint-store.memory.ts';
export type { BreakpointLog, BreakpointReading, BreakpointStore } from './breakpoint-store.ts';
export { type FileClaimsOptions, fileClaims } from './claims.file.ts';
export { memoryClaims } from './claims.memory.ts';
export type { Claim, ClaimOwner, Claims, SeenClaim } from './claims.ts';
export {
  type Checksum,
  encodeFrame,
  JOURNAL_MAGIC,
  type JournalReading,
  readJournal,
} from './journal.ts';
export { judgeBreakpoint } from './judge-breakpoint.ts';

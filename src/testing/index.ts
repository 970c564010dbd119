/** `partwise/testing`: an OSS server that runs in your tests, and the faults it can have. */

// What goes wrong, and when.
export {
  always,
  chance,
  type FaultOrRule,
  firstAttempts,
  firstOf,
  forKey,
  forMethod,
  once,
  rangeContains,
  times,
  when,
  whenPart,
} from './fault-rules.ts';
export { type Fault, type FaultRequest, type FaultRule, fault } from './faults.ts';
// The server.
export {
  DEMO_ACCOUNT,
  type InitialObject,
  type OssServer,
  type OssServerOptions,
  startOssServer,
} from './oss-server.ts';
export type { Account, AuthScheme } from './oss-server-auth.ts';
export type { LoggedRequest } from './request-log.ts';
// Objects.
export type { ObjectType, PutOptions, StorageClass, StoredObject } from './stored-object.ts';
export { crc64OfSynthetic } from './synthetic-crc64.ts';
export { type SyntheticObject, syntheticObject } from './synthetic-object.ts';

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
} from './server/fault-rules.ts';
export { type Fault, type FaultRequest, type FaultRule, fault } from './server/faults.ts';
// The server.
export {
  DEMO_ACCOUNT,
  type InitialObject,
  type OssServer,
  type OssServerOptions,
  startOssServer,
} from './server/oss-server.ts';
export type { Account, AuthScheme } from './server/oss-server-auth.ts';
export type { LoggedRequest } from './server/request-log.ts';
// Objects.
export type { ObjectType, PutOptions, StorageClass, StoredObject } from './server/stored-object.ts';
export { crc64OfSynthetic } from './server/synthetic-crc64.ts';
export { type SyntheticObject, syntheticObject } from './server/synthetic-object.ts';

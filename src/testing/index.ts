/**
 * `partwise/testing`: worlds for your tests. `simulate` is the whole downloader in memory and in
 * virtual time; `startOssServer` is an OSS on a real socket; their parts can be had one by one.
 */

// What goes wrong with an answer, and when: for both.
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
export { type HollowObject, hollowObject } from './server/hollow.ts';
// The server.
export {
  DEMO_ACCOUNT,
  type InitialObject,
  type OssServer,
  type OssServerOptions,
  startOssServer,
} from './server/oss-server.ts';
export type { Account, AuthScheme } from './server/oss-server-auth.ts';
export type { OssControls, OssServiceOptions } from './server/oss-service.ts';
export type { LoggedRequest } from './server/request-log.ts';
// Objects.
export type {
  ObjectContent,
  ObjectType,
  PutOptions,
  StorageClass,
  StoredObject,
} from './server/stored-object.ts';
export { crc64OfSynthetic } from './server/synthetic-crc64.ts';
export { type SyntheticObject, syntheticObject } from './server/synthetic-object.ts';
// What goes wrong with the disk, and when.
export {
  type DiskCall,
  type DiskFault,
  type DiskFaultOrRule,
  type DiskFaultRule,
  type DiskOperation,
  diskFault,
  diskRules,
} from './simulation/disk-faults.ts';
// How long a download takes, and what would do better.
export {
  type Forecast,
  type ForecastOptions,
  type ForecastPoint,
  forecast,
  type Interruption,
} from './simulation/forecast.ts';
export type { Conditions, Setting } from './simulation/forecast-conditions.ts';
export type { Tally } from './simulation/forecast-estimate.ts';
export { otherSettings } from './simulation/forecast-settings.ts';
// Draws that a seed decides.
export { type Seeded, seeded } from './simulation/seeded.ts';
// A whole world with a download in it.
export { type Simulation, simulate } from './simulation/simulate.ts';
export { entryLine, type SimulationEntry } from './simulation/simulate-log.ts';
export type {
  SimulatedCredentials,
  SimulatedDownloadOptions,
  SimulationOptions,
} from './simulation/simulate-options.ts';
// Its parts.
export {
  type SimulatedClock,
  type SimulatedClockOptions,
  simulatedClock,
} from './simulation/simulated-clock.ts';
export {
  type Crash,
  type SimulatedDisk,
  type SimulatedDiskOptions,
  simulatedDisk,
  type Tampering,
} from './simulation/simulated-disk.ts';
export type { DiskLatency } from './simulation/simulated-disk-calls.ts';
export { type SimulatedHost, simulatedHost } from './simulation/simulated-host.ts';
export {
  type NetworkTraffic,
  type SimulatedNetwork,
  type SimulatedNetworkOptions,
  simulatedNetwork,
} from './simulation/simulated-network.ts';
export {
  type FarAnswer,
  type FarEnd,
  type FarReply,
  farAnswer,
  type Visit,
} from './simulation/simulated-network-far-end.ts';
export type {
  NetworkFault,
  NetworkRequest,
  NetworkRule,
} from './simulation/simulated-network-fault.ts';
export type { LinkOptions, TimeWindow } from './simulation/simulated-network-link.ts';
export { type SimulatedOss, simulatedOss } from './simulation/simulated-oss.ts';
export {
  type PlainServerOptions,
  type SimulatedPlainServer,
  simulatedPlainServer,
} from './simulation/simulated-plain-server.ts';
export type { Fate, SimulatedProcess } from './simulation/simulated-process.ts';
export {
  type SimulatedWorld,
  type SimulatedWorldOptions,
  simulatedWorld,
  type WorldProcess,
} from './simulation/simulated-world.ts';

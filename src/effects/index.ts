/** `partwise/effects`: everything that touches the outside, as interfaces and live versions. */
export { type Clock, type Entropy, liveClock, liveEntropy } from './clock.ts';
export { type Connections, openConnections } from './connections.ts';
export { type Crc64Of, loadCrc64 } from './crc64.ts';
export {
  type AccessKey,
  anonymousCredentials,
  type Credentials,
  type CredentialsProvider,
  environmentCredentials,
  type GivenCredentials,
  staticCredentials,
} from './credentials.ts';
export { nodeFileSystem, nodeFolders } from './file-system.node.ts';
export type { DiskEffect, FileFacts, FileSystem, Folders, OpenFile } from './file-system.ts';
export { type Host, liveHost, type ProcessIdentity, type Standing } from './host.ts';
export type { BodySink, HttpClient, HttpHead, HttpRequest } from './http-client.ts';
export { undiciHttpClient } from './http-client.undici.ts';
export { type HttpStorageOptions, httpStorage } from './object-storage.http.ts';
export { type OssStorageOptions, ossStorage } from './object-storage.oss.ts';
export type { ObjectStorage, Probe, RangeRequest } from './object-storage.ts';
export { type Presigning, presignedUrl } from './presigned-url.ts';

/** What people may wish of the local disk. */

export interface DiskPolicy {
  /**
   * Are bytes that a former process recorded read back before they are believed? `always`;
   * `afterBoot`: only those of another boot, since a kill takes nothing from the kernel; `never`.
   */
  readonly verifyOnResume: 'always' | 'afterBoot' | 'never';
  /** What becomes of a file that has the target's name when the download ends. */
  readonly ifExists: 'overwrite' | 'fail';
  /** Permission bits of the file, such as 0o644; null: what the system gives new files. */
  readonly mode: number | null;
  /** The file's date: when it was downloaded, or the server's `Last-Modified`. */
  readonly modifiedTime: 'now' | 'server';
}

export const DISK_POLICY_DEFAULT: DiskPolicy = {
  verifyOnResume: 'always',
  ifExists: 'overwrite',
  mode: null,
  modifiedTime: 'now',
};

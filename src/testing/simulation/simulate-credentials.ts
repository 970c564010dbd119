/** Temporary credentials of a simulated world: they end by the clock, and fresh ones can be had. */
import {
  type AccessKey,
  type CredentialsProvider,
  unavailable,
} from '../../effects/credentials.ts';
import type { Account } from '../server/oss-server-auth.ts';

export interface TemporaryCredentialsOptions {
  /** How long each lasts, in milliseconds of virtual time. */
  readonly lastMs: number;
  /** How often fresh ones can be had after the first. Default: always. */
  readonly refreshes?: number;
  /** Milliseconds since 1970. */
  readonly wallTime: () => number;
  /** Told what the server has to believe from now on. */
  readonly onChange: (accounts: ReadonlyArray<Account>) => void;
}

export interface TemporaryCredentials {
  readonly provider: CredentialsProvider;
  /** Ends those that were given, now. */
  readonly expire: () => void;
  /** From now on fresh ones can always be had. */
  readonly heal: () => void;
  /** How often fresh ones were given. */
  readonly refreshes: () => number;
}

export const temporaryCredentials = (
  options: TemporaryCredentialsOptions,
): TemporaryCredentials => {
  const { lastMs, wallTime, onChange } = options;
  let refreshesMax = options.refreshes ?? Infinity;
  let refreshes = 0;
  let issued: Issued | null = null;

  const issue = (expiresAt: number): Issued => {
    issued = { ...keyOf(refreshes), expiresAt };
    onChange([issued]);
    return issued;
  };
  return {
    provider: (reason) => {
      if (reason === 'refresh') {
        if (refreshes >= refreshesMax) throw unavailable('nobody gives fresh credentials');
        refreshes += 1;
        issued = null;
      }
      return toKey(issued ?? issue(wallTime() + lastMs));
    },
    expire: () => {
      issue(0);
    },
    heal: () => {
      refreshesMax = Infinity;
    },
    refreshes: () => refreshes,
  };
};

type Issued = Account & { readonly securityToken: string };

const keyOf = (generation: number): Issued => ({
  accessKeyId: `STS.${generation}`,
  accessKeySecret: `secret ${generation}`,
  securityToken: `token ${generation}`,
});

const toKey = ({ accessKeyId, accessKeySecret, securityToken }: Issued): AccessKey => ({
  accessKeyId,
  accessKeySecret,
  securityToken,
});

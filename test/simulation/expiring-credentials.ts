/** Temporary credentials that a test lets expire, and a provider that can get fresh ones. */
import type { AccessKey, CredentialsProvider } from '../../src/effects/credentials.ts';
import type { Account } from '../../src/testing/server/oss-server-auth.ts';

export interface ExpiringCredentials {
  readonly provider: CredentialsProvider;
  /** What the server has to believe now. */
  readonly accounts: () => ReadonlyArray<Account>;
  /** From now on the server refuses what the provider gave. */
  readonly expire: () => void;
  /** The same, and the provider has no fresh ones until they are restored. */
  readonly revoke: () => void;
  readonly restore: () => void;
}

/** @param onChange Called when the server has to believe something else. */
export const expiringCredentials = (onChange: () => void): ExpiringCredentials => {
  let generation = 1;
  let isExpired = false;
  let isRevoked = false;
  const expire = (): void => {
    isExpired = true;
    onChange();
  };
  const key = (): AccessKey => ({
    accessKeyId: `STS.${generation}`,
    accessKeySecret: `secret ${generation}`,
    securityToken: `token ${generation}`,
  });
  return {
    provider: (reason) => {
      if (reason === 'refresh') {
        if (isRevoked) throw new Error('there are no fresh credentials');
        generation += 1;
        isExpired = false;
        onChange();
      }
      return key();
    },
    accounts: () => {
      const { accessKeyId, accessKeySecret, securityToken } = key();
      const account = { accessKeyId, accessKeySecret, securityToken: securityToken ?? '' };
      return [isExpired ? { ...account, expiresAt: 0 } : account];
    },
    expire,
    revoke: () => {
      isRevoked = true;
      expire();
    },
    restore: () => {
      isRevoked = false;
    },
  };
};

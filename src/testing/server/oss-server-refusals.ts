/** What the embedded server refuses, in the words of OSS. */

/** An error answer before it is written. */
export interface OssRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The finer code `EC`; null: none. */
  readonly ec: string | null;
  /** More elements of the XML, in order. */
  readonly details: ReadonlyArray<readonly [name: string, value: string]>;
  readonly headers: Readonly<Record<string, string>>;
}

const refusal = (
  status: number,
  code: string,
  message: string,
  more: Partial<Pick<OssRefusal, 'ec' | 'details' | 'headers'>> = {},
): OssRefusal => ({ status, code, message, ec: null, details: [], headers: {}, ...more });

/** Every refusal by its code; functions where it says more than its name. */
export const refusals = {
  any: refusal,
  noSuchBucket: (bucket: string) =>
    refusal(404, 'NoSuchBucket', 'The specified bucket does not exist.', {
      ec: '0015-00000101',
      details: [['BucketName', bucket]],
    }),
  noSuchKey: (key: string, headers: Readonly<Record<string, string>> = {}) =>
    refusal(404, 'NoSuchKey', 'The specified key does not exist.', {
      ec: '0026-00000001',
      details: [['Key', key]],
      headers,
    }),
  noSuchVersion: (key: string, versionId: string) =>
    refusal(404, 'NoSuchVersion', 'The specified version does not exist.', {
      details: [
        ['Key', key],
        ['VersionId', versionId],
      ],
    }),
  deleteMarker: (headers: Readonly<Record<string, string>>) =>
    refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      details: [['ResourceType', 'DeleteMarker']],
      headers,
    }),
  notImplemented: (method: string) =>
    refusal(501, 'NotImplemented', `This server answers GET and HEAD of objects, not ${method}.`),
  invalidArgument: (name: string, value: string, message: string) =>
    refusal(400, 'InvalidArgument', message, {
      details: [
        ['ArgumentName', name],
        ['ArgumentValue', value],
      ],
    }),
  invalidBucketName: (bucket: string) =>
    refusal(400, 'InvalidBucketName', 'The specified bucket is not valid.', {
      details: [['BucketName', bucket]],
    }),
  invalidUri: (uri: string) =>
    refusal(400, 'InvalidURI', "Couldn't parse the specified URI.", { details: [['URI', uri]] }),
  invalidRange: (asked: string, size: number) =>
    refusal(416, 'InvalidRange', 'The requested range cannot be satisfied', {
      details: [
        ['ActualObjectSize', String(size)],
        ['RangeRequested', asked],
      ],
      headers: { 'content-range': `bytes */${size}` },
    }),
  invalidObjectState: (key: string) =>
    refusal(403, 'InvalidObjectState', "The operation is not valid for the object's state", {
      details: [['ObjectName', key]],
    }),
  preconditionFailed: (condition: string) =>
    refusal(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold.',
      {
        details: [['Condition', condition]],
      },
    ),
  requesterPays: refusal(403, 'AccessDenied', 'Access denied for requester pay bucket'),
  noRight: refusal(
    403,
    'AccessDenied',
    'You have no right to access this object because of bucket acl.',
    { ec: '0003-00000001' },
  ),
} as const;

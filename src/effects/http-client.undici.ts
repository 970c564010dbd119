/**
 * `HttpClient` over undici's dispatch handlers: the thinnest way to bytes that it has. Web streams
 * and `fetch` cost half the throughput (docs/architecture.md).
 */
import type { Dispatcher } from 'undici';
import { certificateAdvice, isCertificateFailure } from '../domain/certificate-failure.ts';
import { type DownloadError, interruptionOf, toDownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import type { BodySink, HttpClient, HttpHead, HttpRequest } from './http-client.ts';

type OnHead = (head: HttpHead) => E.Either<DownloadError, BodySink>;
type Ending = E.Either<DownloadError, HttpHead>;

/** @param dispatcher Owns connections and timeouts; the caller closes it. */
export const undiciHttpClient = (dispatcher: Dispatcher): HttpClient => ({
  exchange: (request, onHead, signal) => () =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(E.left(interruptionOf(signal)));
      const conversation = converse(onHead, resolve);
      const onAbort = () => conversation.end(interruptionOf(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      conversation.onSettled(() => signal.removeEventListener('abort', onAbort));
      try {
        send(dispatcher, request, conversation.handler);
      } catch (thrown) {
        conversation.end(toDownloadError(thrown)); // A URL that is none, say.
      }
    }),
});

const send = (
  dispatcher: Dispatcher,
  { url, method, headers }: HttpRequest,
  handler: Dispatcher.DispatchHandler,
): void => {
  const { origin } = new URL(url);
  // The path goes out as it was signed: `URL` would normalise `..` and re-encode.
  const path = url.slice(url.indexOf('/', url.indexOf('//') + 2)).replace(/#.*$/, '');
  dispatcher.dispatch({ origin, path, method, headers: { ...USER_AGENT, ...headers } }, handler);
};

/** Some servers answer nobody who does not say who asks. */
const USER_AGENT = { 'user-agent': 'partwise' };

/**
 * One exchange: the first thing that goes wrong is its ending, and the ending is told only when
 * the transport has finished and no write is pending.
 */
const converse = (onHead: OnHead, resolve: (ending: Ending) => void) => {
  let controller: Dispatcher.DispatchController | null = null;
  let head: HttpHead | null = null;
  let sink: BodySink | null = null;
  let failure: DownloadError | null = null;
  let pending: Promise<unknown> = Promise.resolve();
  let settled = () => {};

  const end = (error: DownloadError): void => {
    failure ??= error;
    // Still waiting for a connection: nothing is in flight, and `onRequestStart` will abort it.
    if (controller === null) settle(null);
    else controller.abort(new Error('the exchange was ended'));
  };
  const settle = (fallback: DownloadError | null): void => {
    void pending.then(() => {
      settled();
      const error = failure ?? fallback;
      resolve(error === null && head !== null ? E.right(head) : E.left(error ?? NO_HEAD));
    });
  };
  /** A bug in what is called is a defect; thrown into undici it would look like a bad network. */
  const guarded = <A>(call: () => A): A | null => {
    try {
      return call();
    } catch (thrown) {
      end(toDownloadError(thrown));
      return null;
    }
  };
  const take = (chunk: Uint8Array): void => {
    const writing = guarded(() => sink?.write(chunk) ?? null);
    if (writing === null) return;
    controller?.pause();
    pending = writing.then(
      (written) => (E.isLeft(written) ? end(written.left) : controller?.resume()),
      (thrown) => end(toDownloadError(thrown)),
    );
  };

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (started) => {
      controller = started;
      if (failure !== null) end(failure);
    },
    onResponseStart: (_, status, headers) => {
      if (status < 200) return;
      const told = { status, headers: flatten(headers) };
      head = told;
      const picked = guarded(() => onHead(told));
      if (picked === null) return;
      if (E.isLeft(picked)) end(picked.left);
      else sink = picked.right;
    },
    onResponseData: (_, chunk) => {
      if (failure === null) take(chunk);
    },
    onResponseEnd: () => settle(null),
    onResponseError: (_, error) => settle(toNetworkFailed(error)),
  };
  const onSettled = (callback: () => void): void => {
    settled = callback;
  };
  return { handler, end, onSettled };
};

const NO_HEAD: DownloadError = {
  _tag: 'NetworkFailed',
  code: 'NO_ANSWER',
  message: 'the connection ended without an answer',
};

const flatten = (
  headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : (value ?? []).join(', '),
    ]),
  );

const toNetworkFailed = (error: Error): DownloadError => {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
  if (code === 'UND_ERR_INVALID_ARG') return toDownloadError(error); // It will never be sent.
  const said = error.message === '' ? error.name : error.message;
  const message = isCertificateFailure(code) ? `${said}; ${certificateAdvice(code)}` : said;
  return { _tag: 'NetworkFailed', code, message };
};

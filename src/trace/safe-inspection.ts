/**
 * XState's inspection for tools of others, made safe: they get copies of what the actors hold, as
 * plain JSON without secrets, and nothing by which they could reach the actors.
 */
import type { AnyActorRef, InspectionEvent, Observer } from 'xstate';
import { maskText } from './mask-text.ts';
import { type Redact, redactor } from './redact.ts';

/**
 * An observer for `download({ inspect })` or `createActor(…, { inspect })` that hands over to
 * `observer` what may leave the process: actors, events and snapshots, of the download and of the
 * application around it. Names of states stay as they are; microsteps and actions are left out.
 *
 * @example
 * const { inspect } = createWebSocketInspector({ url: 'ws://localhost:8080' });
 * download({ source, target, inspect: safeInspection(inspect) });
 */
export const safeInspection = (
  observer: Observer<InspectionEvent>,
  redact: Redact = redactor(),
): ((event: InspectionEvent) => void) => {
  const refs = new WeakMap<object, object>();
  const configs = new WeakMap<object, unknown>();

  const safeConfigOf = (config: object): unknown => {
    if (!configs.has(config)) configs.set(config, safeConfig(config, redact, 0));
    return configs.get(config);
  };
  const safeRef = (ref: InspectedRef): object => {
    const before = refs.get(ref);
    if (before !== undefined) return before;
    const { sessionId, id, _parent: parent, logic } = ref;
    const config = logic?.config;
    const safe = {
      sessionId,
      id: maskText(id),
      ...(parent === undefined ? {} : { _parent: safeRef(parent) }),
      ...(config === undefined ? {} : { logic: { config: safeConfigOf(config) } }),
      getSnapshot: () => safeSnapshot(ref.getSnapshot(), redact),
    };
    refs.set(ref, safe);
    return safe;
  };
  const safeEvent = (inspected: InspectionEvent): object | null => {
    const { type, rootId } = inspected;
    const about = { type, rootId, actorRef: safeRef(inspected.actorRef as InspectedRef) };
    switch (inspected.type) {
      case '@xstate.actor':
        return about;
      case '@xstate.event': {
        const { sourceRef, event } = inspected;
        const source = sourceRef === undefined ? undefined : safeRef(sourceRef as InspectedRef);
        return { ...about, sourceRef: source, event: redact(event) };
      }
      case '@xstate.snapshot': {
        const { event, snapshot } = inspected;
        return { ...about, event: redact(event), snapshot: safeSnapshot(snapshot, redact) };
      }
      default:
        return null;
    }
  };
  return (inspected) => {
    const safe = safeEvent(inspected);
    if (safe !== null) observer.next?.(safe as InspectionEvent);
  };
};

type InspectedRef = AnyActorRef & { readonly logic?: { readonly config?: object } };

/** The fields of snapshots of all kinds of actors that are data. */
const safeSnapshot = (snapshot: unknown, redact: Redact): object => {
  if (typeof snapshot !== 'object' || snapshot === null) return { status: 'active' };
  const fields = snapshot as Readonly<Record<string, unknown>>;
  const { status, value, context, output, error, input } = fields;
  const data = { context, output, error, input };
  const safe = Object.entries(data).filter(([, field]) => field !== undefined);
  return {
    status,
    ...(value === undefined ? {} : { value: structuredClone(value) }),
    ...Object.fromEntries(safe.map(([name, field]) => [name, redact(field)])),
  };
};

/** What of a machine's configuration is data of the application, not structure. */
const DATA = new Set(['context', 'input', 'output', 'params', 'meta']);

/** Deeper than any machine's states are nested. */
const DEPTH_MAX = 64;

/** A configuration as it is drawn: functions stay, since they are shown by name. */
const safeConfig = (config: unknown, redact: Redact, depth: number): unknown => {
  if (typeof config === 'string') return maskText(config);
  if (typeof config !== 'object' || config === null) return config;
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(config)) return config.map((item) => safeConfig(item, redact, depth + 1));
  if (Object.getPrototypeOf(config) !== Object.prototype) return logicName(config);
  return Object.fromEntries(
    Object.entries(config).map(([field, value]) => [
      field,
      DATA.has(field) && typeof value !== 'function'
        ? redact(value)
        : safeConfig(value, redact, depth + 1),
    ]),
  );
};

/** Logic that stands in a configuration itself, not by name. */
const logicName = (logic: object): string =>
  'id' in logic ? maskText(String(logic.id)) : `[${logic.constructor?.name ?? 'logic'}]`;

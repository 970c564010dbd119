/** What a forecast is asked about: an object, a network, interruptions, and what may be chosen. */

/** The object, the network, and how often it is interrupted. */
export interface Conditions {
  /** Decides what is left to chance. */
  readonly seed: number;
  /** Of the object, in bytes. */
  readonly size: number;
  readonly rttMs: number;
  readonly jitterMs: number;
  /** Of the link that all lanes share; `Infinity`: no limit. */
  readonly bytesPerSecond: number;
  readonly bytesPerSecondPerConnection: number;
  /** Share of the packets that is lost. */
  readonly loss: number;
  /** The process is killed so often, on average, and started again at once. Null: never. */
  readonly killEveryMs: number | null;
  /** So is the power cut. */
  readonly powerCutEveryMs: number | null;
  /** Credentials last so long. Null: none are needed. */
  readonly credentialsLastMs: number | null;
  /** Every so manieth request is reset somewhere in its answer. Null: none. */
  readonly resetEvery: number | null;
}

/** What may be chosen. */
export interface Setting {
  readonly lanes: number;
  /** In bytes. */
  readonly partSize: number;
}

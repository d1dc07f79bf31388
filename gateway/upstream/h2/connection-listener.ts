/** Hears how a connection fares. */
export interface ConnectionListener {
  /** The server's SETTINGS are here: requests may go out. */
  onReady(): void;
  /** A stream has ended, or more are allowed. */
  onRoom(): void;
  /** No new streams: GOAWAY, or all ids are used up. Those under way go on. */
  onDraining(reason: string): void;
  /** The server asks for fewer keepalive PINGs. */
  onTooManyPings(): void;
  /** The end, once; with the reason, for the log. */
  onClosed(reason: string): void;
}

/**
 * What ends a connection: the server broke HTTP/2. Never leaves the connection that catches it; the calls on it end
 * with a status of their own.
 */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
  /** One of ErrorCode, told to the server by GOAWAY. */
  readonly http2Code: number;

  constructor(http2Code: number, message: string) {
    super(message);
    this.http2Code = http2Code;
  }
}

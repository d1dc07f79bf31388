/** A path template that cannot be read. The message names the column: "expected '}' at column 13". */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
  /** Where the fault stands in the template, from 1, in UTF-16 code units. */
  readonly column: number;

  constructor(fault: string, column: number) {
    super(`${fault} at column ${column}`);
    this.column = column;
  }
}

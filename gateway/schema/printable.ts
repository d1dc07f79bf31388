const maximumLength = 2000;

/** Text from outside, safe to print: on one line, without control characters, and not without end. */
export function printable(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, ' ');
  return line.length > maximumLength ? `${line.slice(0, maximumLength)}…` : line;
}

/** `; did you mean --listen?` when one of the names is close to what was written, otherwise nothing. */
export function didYouMean(written: string, names: Iterable<string>, prefix = ''): string {
  const most = Math.min(2, Math.floor(written.length / 3));
  const nearest = [...names]
    .map((name) => ({ name, distance: editDistance(written.slice(0, 100), name) }))
    .reduce((best, each) => (each.distance < best.distance ? each : best), { name: '', distance: most + 1 });
  return nearest.distance <= most ? `; did you mean ${prefix}${nearest.name}?` : '';
}

/** Letters to insert, delete or replace to make one word of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

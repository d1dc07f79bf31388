/** Milliseconds to wait after so many failures in a row: 100, 200, 400 … 5,000. */
export function retryDelay(failures: number): number {
  return Math.min(100 * 2 ** (failures - 1), 5_000);
}

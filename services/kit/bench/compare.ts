/** What came of each variant, one result a round. */
export type Results<T = number> = Map<string, T[]>;

/**
 * Measures variants in turn, round after round, every other round backwards: only what ran in the same round is
 * compared, so that what else the machine does touches all of them alike.
 *
 * @param warmUp how many rounds go before and do not count
 */
export async function inTurn<T = number>(
  variants: readonly string[],
  rounds: number,
  measure: (variant: string) => Promise<T>,
  warmUp = 1,
): Promise<Results<T>> {
  const results: Results<T> = new Map(variants.map((variant) => [variant, []]));
  for (let round = -warmUp; round < rounds; round += 1)
    for (const variant of round % 2 === 0 ? variants : [...variants].reverse()) {
      const figure = await measure(variant);
      if (round >= 0) results.get(variant)?.push(figure);
    }
  return results;
}

/** The median of a variant's figures, and of its ratios to another's of the same round. */
export function summary(results: Results, variant: string, base: string): { figure: number; ratio: number } {
  const figures = results.get(variant) ?? [];
  const ratios = figures.map((figure, round) => figure / (results.get(base)?.[round] ?? NaN));
  return { figure: median(figures), ratio: median(ratios) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

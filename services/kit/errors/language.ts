import Negotiator from 'negotiator';

/**
 * Chooses the preferred language; the first of those available if none is acceptable.
 *
 * @param accepted an Accept-Language header, for example `zh-CN, en;q=0.5`
 * @param available BCP 47 tags; `zh` also matches `zh-CN`
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function chooseLanguage<L extends string>(accepted: string, available: readonly [L, ...L[]]): L {
  return likedLanguage(accepted, available) ?? available[0];
}

/** Like {@link chooseLanguage}, but undefined if no language is acceptable. */
export function likedLanguage<L extends string>(accepted: string, available: readonly L[]): L | undefined {
  const [best] = new Negotiator({ headers: { 'accept-language': accepted } }).languages([...available]);
  return best as L | undefined;
}

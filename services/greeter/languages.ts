const GREETINGS: Record<string, (name: string) => string> = {
  en: (name) => `Hello, ${name}!`,
  zh: (name) => `你好，${name}！`,
  de: (name) => `Hallo, ${name}!`,
  es: (name) => `¡Hola, ${name}!`,
  fr: (name) => `Bonjour, ${name} !`,
};

export function greet(locale: string, name: string): string {
  return (GREETINGS[locale] ?? GREETINGS.en ?? String)(name);
}

/**
 * The greeter's language that a caller likes best; English when it likes none of them.
 *
 * @param accepted an Accept-Language header, for example `zh-CN, en;q=0.5`
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function chooseLocale(accepted: string): string {
  const ranges = accepted.split(',').map((range, index) => {
    const [tag = '', quality] = range.trim().split(/\s*;\s*q=/i);
    return { language: tag.split('-')[0]?.toLowerCase() ?? '', q: quality === undefined ? 1 : Number(quality), index };
  });
  const wanted = ranges.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q || a.index - b.index);
  return wanted.find(({ language }) => Object.hasOwn(GREETINGS, language))?.language ?? 'en';
}

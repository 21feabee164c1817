import { chooseLanguage, likedLanguage } from '../kit/errors/language';

const GREETINGS = {
  en: (name: string) => `Hello, ${name}!`,
  zh: (name: string) => `你好，${name}！`,
  de: (name: string) => `Hallo, ${name}!`,
  es: (name: string) => `¡Hola, ${name}!`,
  fr: (name: string) => `Bonjour, ${name} !`,
};

/** A BCP 47 tag of a language that the greeter speaks. */
export type Locale = keyof typeof GREETINGS;

export function greet(locale: Locale, name: string): string {
  return GREETINGS[locale](name);
}

const LOCALES: [Locale, ...Locale[]] = ['en', 'zh', 'de', 'es', 'fr'];

/**
 * The language of the greeter that a caller prefers; English if the caller accepts none of them.
 *
 * @param accepted an Accept-Language header
 * @param first a header of the same form that takes precedence
 */
export function chooseLocale(accepted: string, first = ''): Locale {
  return (first === '' ? undefined : likedLanguage(first, LOCALES)) ?? chooseLanguage(accepted, LOCALES);
}

import { chooseLanguage } from './language';
import type { LocalizedText, StatusCode, StatusError } from './status-error';

/** The languages of texts for people. The first is the default. */
const LANGUAGES = ['en', 'zh'] as const;

/** A text in each language. `{name}` stands for a value of the error's metadata. */
export type Translations = Readonly<Record<(typeof LANGUAGES)[number], string>>;

/** Texts for people, by the reason of the error. */
export type Messages = Readonly<Record<string, Translations>>;

/** Writes an error for a person. @param acceptLanguage the header of that name */
export type Localize = (error: StatusError, acceptLanguage: string) => LocalizedText;

/** @param own the texts of a service. A reason without a text gets that of its code */
export function createLocalize(own: Messages): Localize {
  const messages: Messages = { ...KIT_MESSAGES, ...own };
  return (error, acceptLanguage) => {
    const locale = chooseLanguage(acceptLanguage, LANGUAGES);
    const found = Object.hasOwn(messages, error.reason) ? messages[error.reason] : undefined;
    return { locale, text: fill((found ?? CODE_MESSAGES[error.code])[locale], valuesOf(error)) };
  };
}

function valuesOf({ metadata, details }: StatusError): Readonly<Record<string, string>> {
  return { fields: (details.violations ?? []).map(({ field }) => field).join(', '), ...metadata };
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([\w.-]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/** The reasons that the kit itself gives. */
const KIT_MESSAGES: Messages = {
  'request.invalid': {
    en: 'The request is not valid. Please check: {fields}.',
    zh: '请求无效，请检查：{fields}。',
  },
  'request.malformed': {
    en: 'The request could not be read.',
    zh: '无法解析请求。',
  },
  'reply.too-large': {
    en: 'This is too much to show at once. Please ask for less.',
    zh: '结果过大，请缩小范围。',
  },
};

const CODE_MESSAGES: Readonly<Record<StatusCode, Translations>> = {
  CANCELLED: { en: 'The request was cancelled.', zh: '请求已取消。' },
  UNKNOWN: { en: 'Something went wrong. Please try again later.', zh: '发生错误，请稍后再试。' },
  INVALID_ARGUMENT: { en: 'The request is not valid.', zh: '请求无效。' },
  DEADLINE_EXCEEDED: { en: 'This took too long. Please try again.', zh: '请求超时，请重试。' },
  NOT_FOUND: { en: 'Not found.', zh: '未找到所请求的内容。' },
  ALREADY_EXISTS: { en: 'It already exists.', zh: '内容已存在。' },
  PERMISSION_DENIED: { en: 'You do not have permission to do this.', zh: '您没有执行此操作的权限。' },
  RESOURCE_EXHAUSTED: { en: 'Too many requests. Please try again later.', zh: '请求过多，请稍后再试。' },
  FAILED_PRECONDITION: { en: 'This is not possible in the current state.', zh: '当前状态下无法执行此操作。' },
  ABORTED: { en: 'It was changed at the same time. Please try again.', zh: '操作发生冲突，请重试。' },
  OUT_OF_RANGE: { en: 'This is out of range.', zh: '超出有效范围。' },
  UNIMPLEMENTED: { en: 'This is not supported.', zh: '不支持此操作。' },
  INTERNAL: { en: 'Something went wrong on our side.', zh: '服务器内部错误。' },
  UNAVAILABLE: {
    en: 'The service is not available at the moment. Please try again.',
    zh: '服务暂时不可用，请稍后再试。',
  },
  DATA_LOSS: { en: 'Data was lost.', zh: '数据丢失。' },
  UNAUTHENTICATED: { en: 'Please sign in first.', zh: '请先登录。' },
};

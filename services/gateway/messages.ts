import type { Messages } from '../kit/errors/messages';

/** Texts for people of the gateway's own failures. */
export const MESSAGES: Messages = {
  'route.not-found': { en: 'There is nothing at this address.', zh: '此地址不存在。' },
  'verb.not-allowed': { en: 'This cannot be done here.', zh: '此处不支持该操作。' },
  'verb.unknown': { en: 'This server does not support this method.', zh: '服务器不支持该请求方法。' },
  'url.malformed': { en: 'The address is not valid.', zh: '地址无效。' },
  'url.too-long': { en: 'The address is too long.', zh: '地址过长。' },
  'header.too-large': { en: 'The request has too many headers.', zh: '请求头过大。' },
  'host.missing': { en: 'The request could not be read.', zh: '无法解析请求。' },
  'body.too-large': { en: 'This is too much to send at once.', zh: '内容过大，无法一次发送。' },
  'request.too-large': { en: 'This is too much to send at once.', zh: '内容过大，无法一次发送。' },
  'reply.too-large': { en: 'This is too much to show at once. Please ask for less.', zh: '结果过大，请缩小范围。' },
  'body.truncated': { en: 'The request was cut off.', zh: '请求不完整。' },
  'body.not-json': { en: 'The request could not be read.', zh: '无法解析请求。' },
  'media-type.unsupported': { en: 'This kind of content is not supported.', zh: '不支持此内容类型。' },
  'encoding.unsupported': { en: 'Compressed content is not supported.', zh: '不支持压缩内容。' },
  'answer.not-acceptable': { en: 'The answer is not available in this format.', zh: '无法以所需格式返回内容。' },
  'request.too-slow': { en: 'The request took too long to arrive.', zh: '请求传输超时。' },
  'stream.not-resumable': { en: 'The connection was lost. Please start again.', zh: '连接已中断，请重新开始。' },
  'gateway.closing': { en: 'The service is restarting. Please try again.', zh: '服务正在重启，请重试。' },
};

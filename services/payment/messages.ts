import type { Messages } from '../kit/errors/messages';

/** Texts of errors for people, by reason. */
export const messages: Messages = {
  'payment.not-found': {
    en: 'Payment {payment_id} not found.',
    zh: '支付 {payment_id} 不存在。',
  },
  'payment.key-reused': {
    en: 'The key {idempotency_key} belongs to another charge. Please use a new one.',
    zh: '幂等键 {idempotency_key} 已用于另一笔扣款，请使用新的键。',
  },
  'payment.declined': {
    en: 'The payment was declined. Please use another payment method.',
    zh: '支付被拒绝，请使用其他支付方式。',
  },
  'payment.not-charged': {
    en: 'The payment {payment_id} was not charged, so it cannot be refunded.',
    zh: '支付 {payment_id} 尚未扣款，无法退款。',
  },
  'processor.unavailable': {
    en: 'The payment could not be confirmed just now. Please try again; nothing is paid twice.',
    zh: '暂时无法确认支付结果，请重试，不会重复扣款。',
  },
  'refund.key-reused': {
    en: 'The key {idempotency_key} belongs to another refund of this payment. Please use a new one.',
    zh: '幂等键 {idempotency_key} 已用于该支付的另一笔退款，请使用新的键。',
  },
  'refund.other-currency': {
    en: 'The payment was made in {currency_code}; please refund it in this currency.',
    zh: '该支付的币种为 {currency_code}，请以该币种退款。',
  },
  'refund.too-much': {
    en: 'The refund is larger than what is left of the payment {payment_id}.',
    zh: '退款金额超过支付 {payment_id} 的剩余金额。',
  },
};

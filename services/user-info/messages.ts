import type { Messages } from '../kit/errors/messages';

/** Texts of errors for people, by reason. */
export const messages: Messages = {
  'user.not-found': {
    en: 'User {user_id} not found.',
    zh: '用户 {user_id} 不存在。',
  },
  'user.taken': {
    en: 'Another account has this {field} already.',
    zh: '该{field}已被其他账户使用。',
  },
};

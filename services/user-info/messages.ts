import type { Messages } from '../kit/errors/messages';

/** What people read when something fails. */
export const messages: Messages = {
  'user.not-found': {
    en: 'There is no user {user_id}.',
    zh: '用户 {user_id} 不存在。',
  },
  'user.taken': {
    en: 'Another account has this {field} already.',
    zh: '该{field}已被其他账户使用。',
  },
};

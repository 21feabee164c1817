import type { Messages } from '../kit/errors/messages';

/** Texts of errors for people, by reason. */
export const messages: Messages = {
  'chunk.not-found': {
    en: 'Passage {rag_chunk_code} not found.',
    zh: '未找到段落 {rag_chunk_code}。',
  },
  'chunk.denied': {
    en: 'Passage {rag_chunk_code} not found, or you may not read it.',
    zh: '未找到段落 {rag_chunk_code}，或您没有阅读权限。',
  },
  'ingest.denied': {
    en: 'You may not add documents to the collection {rag_code}.',
    zh: '您没有向知识库 {rag_code} 添加文档的权限。',
  },
  'search.denied': {
    en: 'You may not search the collection {rag_code}.',
    zh: '您没有检索知识库 {rag_code} 的权限。',
  },
  'caller.unknown': {
    en: 'We do not know who you are. Please sign in.',
    zh: '无法识别您的身份，请先登录。',
  },
};

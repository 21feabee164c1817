import { errorsOf, textFaults } from '../kit/testing/reasons';
import { messages } from './messages';

test('every error has a text in each language, whose placeholders its metadata fills', () => {
  expect(errorsOf(__dirname).length).toBeGreaterThan(0);
  expect(textFaults(__dirname, messages)).toEqual([]);
});

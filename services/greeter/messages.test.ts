import { textFaults } from '../kit/testing/reasons';

test('an error of its own would need a text', () => {
  expect(textFaults(__dirname, {})).toEqual([]);
});

import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'lib/', 'proto/gen/', '.weft/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers read well in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNullish: true }],
      // It does not see that a callback may have changed a variable since.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // What has methods here is made of closures, which do not care who calls them.
      '@typescript-eslint/unbound-method': 'off',
      // A cast says more than an exclamation mark, and the two rules contradict each other.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // An empty text is as good as none in headers and environments.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Node's own APIs and our dependencies reject with errors.
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // A call that returns nothing, as the body of an arrow.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // tsconfig asks for brackets nowhere; process.env['X'] and index signatures read the same either way.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Handlers and fakes are async because their type is.
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 220, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['**/*.{test,soak}.ts'],
    rules: {
      // jest's matchers are of type any, and what must not compile has no type at all.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
);

import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { arrows } from './build/arrows.js';

export default tseslint.config(
  { ignores: ['src/api/schema.ts', 'public'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js', 'build/*.js', 'scripts/*.mjs'] }, tsconfigRootDir: import.meta.dirname } },
    plugins: { gantry: { rules: { arrows } } },
    rules: {
      'gantry/arrows': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'EventSource', message: "It cannot say which workspace it is about: use followStream of 'api/event-stream'." }],
      'no-restricted-properties': ['error', { object: 'crypto', property: 'randomUUID', message: "Pages by plain HTTP have none: use newKey of 'api/new-key'." }, { object: 'crypto', property: 'subtle', message: 'Pages by plain HTTP have none.' }],
      'no-restricted-syntax': ['error', { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'What others wrote is text, never markup.' }],
      // It tells that this library is not compiled by React's compiler, which is not used here.
      'react-hooks/incompatible-library': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['*.js', 'build/*.js', 'scripts/*.mjs', 'tests/**'], extends: [tseslint.configs.disableTypeChecked], rules: { 'no-undef': 'off' } },
);

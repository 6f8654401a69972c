import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './build/precompress.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const hub = process.env.GANTRY_HUB ?? 'http://127.0.0.1:7300';

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    outDir: here('../artifacts/ui'),
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    // The content security policy has no data: for scripts, and small files are cached as well as large ones.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    // The shell holds the names of all files, so that a page's parts are asked for together: short names keep it small.
    rolldownOptions: {
      output: {
        chunkFileNames: 'assets/[hash].js', assetFileNames: 'assets/[hash][extname]',
        // A file of its own for whatever any two pages share would be thirty requests before the first list: these few are what lists and forms are made of.
        codeSplitting: {
          groups: [
            { name: 'shell', tags: ['$initial'], priority: 5 },
            { name: 'choices', test: /components[\\/](Select|Menu)[\\/]/, priority: 3 },
            { name: 'lists', test: /src[\\/]components[\\/]table[\\/]/, priority: 2 },
            { name: 'parts', test: /src[\\/](components|api)[\\/]|@mantine|lucide-react/, minShareCount: 5, priority: 1 },
          ],
        },
      },
    },
  },
  server: { host: '127.0.0.1', port: 7301, strictPort: true, proxy: Object.fromEntries(['/api', '/health'].map(path => [path, { target: hub, changeOrigin: false }])) },
  test: { include: ['tests/**/*.test.ts'] },
});

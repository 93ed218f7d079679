import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { compressed } from './build/compressed.ts'

/** Where `npm run dev` finds a `volery serve`. */
const server = process.env['VOLERY_URL'] ?? 'http://127.0.0.1:8400'

export default defineConfig({
  plugins: [react(), compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    // The origin is the server's own, as it is when the server serves the page itself.
    proxy: Object.fromEntries(
      ['/api', '/readyz', '/healthz'].map(path => [
        path,
        { target: server, changeOrigin: true, headers: { origin: server } },
      ]),
    ),
  },
  build: {
    outDir: '../src/volery/api/ui',
    emptyOutDir: true,
    assetsDir: 'assets',
    target: 'es2022',
    // An inlined file would be a data: URL, which the Content-Security-Policy does not let in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What most pages share comes in a few files: a browser asks for six at a time.
        codeSplitting: {
          groups: [
            // No styles: theme/index.css says in which order their layers stand.
            { name: 'vendor', test: /node_modules\/.*\.[cm]?js$/, minShareCount: 3, priority: 1 },
            { name: 'shared', test: /src\/(api|components|core|theme)\//, minShareCount: 3 },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1600, // elk, which lays out graphs in a worker of its own
  },
  // One file each: that of elk is a script, and no module.
  worker: { format: 'iife' },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'core', include: ['{src,build}/**/*.test.ts'], environment: 'node' },
      },
      {
        extends: true,
        test: {
          name: 'rendered',
          include: ['src/**/*.test.tsx'],
          environment: 'jsdom',
          setupFiles: ['./build/vitest.ts'],
        },
      },
    ],
  },
})

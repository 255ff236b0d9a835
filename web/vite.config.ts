import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'safari17.5', 'firefox120'],
    // The content security policy allows no data: images and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // The desk, and the pages for callers and for those who write: small, on their own, without the desk's libraries.
      input: { index: 'index.html', call: 'call.html', message: 'message.html' },
      // Libraries mark their client components for servers that render; there is none here.
      onLog: (level, log, handle) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && handle(level, log),
    },
  },
  test: { include: ['src/**/*.test.{ts,tsx}'] },
});

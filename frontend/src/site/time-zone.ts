const ONE_YEAR = 31_536_000;

/** Sends the server this browser's time zone, so that pages show times as people there do. */
export function rememberTimeZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`timezone=${zone}`)) return;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
  document.cookie = `timezone=${zone}; path=/; max-age=${ONE_YEAR}; samesite=lax`;
}

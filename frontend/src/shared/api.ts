/** What came of a request. A refusal is the server's considered no; a failure says nothing. */
export type Answer<T> =
  | { readonly kind: "ok"; readonly status: number; readonly data: T }
  | ({ readonly kind: "refused"; readonly status: number } & Refusal)
  | { readonly kind: "failed"; readonly why: Failure; readonly retryAfter?: number };

/** The one shape of every error of the API: the code is for us, the message for people. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** `offline`: nothing came back. `server`: it answered, but not as agreed; later may be better. */
export type Failure = "offline" | "server" | "busy";

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** Lets the browser finish the request after the tab is closed. */
  readonly outlivesPage?: boolean;
  readonly timeoutMs?: number;
  /** Who asks; the person of the page, where there is one. */
  readonly caller?: Caller;
  /** Is shown the headers of every answer. */
  readonly heard?: (headers: Headers) => void;
}

/** Whose request it is, and the token that says that it comes from this site. */
export interface Caller {
  readonly person: string;
  readonly token: string;
}

const TIMEOUT_MS = 20_000;

export async function request<T>(url: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const method = options.method ?? "GET";
  const headers = new Headers({ Accept: "application/json" });
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  const { person, token } = options.caller ?? callerOfPage();
  if (person) headers.set("X-Person", person);
  if (method !== "GET") headers.set("X-CSRFToken", token);
  try {
    const response = await fetch(url, {
      method,
      headers,
      credentials: "same-origin",
      redirect: "error",
      keepalive: options.outlivesPage ?? false,
      signal: timeLimit(options.timeoutMs ?? TIMEOUT_MS),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    options.heard?.(response.headers);
    return await read<T>(response);
  } catch {
    return { kind: "failed", why: "offline" };
  }
}

/** Whose page this is: the cookie may be another person's by now. */
function callerOfPage(): Caller {
  return { person: document.body?.dataset.userId ?? "", token: csrfToken(document.cookie) };
}

/** A GET that is tried again, three times in all, when the network or the server stumbles. */
export async function get<T>(url: string, delay = retryDelay): Promise<Answer<T>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await request<T>(url);
    if (answer.kind !== "failed" || attempt === 3) return answer;
    await new Promise((resolve) => setTimeout(resolve, delay(attempt, answer.retryAfter)));
  }
}

/** What came with the page, as JSON in a `<script>`; it is good once, since later it may be old. */
export class GivenWithPage<T> {
  constructor(private readonly id: string) {}

  take(): Answer<T> | null {
    const element = document.getElementById(this.id);
    element?.remove();
    return element && { kind: "ok", status: 200, data: JSON.parse(element.textContent) as T };
  }
}

/** Milliseconds to wait before the next try: 1, 2, 4 … 30 s, spread so that many do not march in step. */
export function retryDelay(attempt: number, retryAfter?: number, random = Math.random): number {
  const base = Math.min(1000 * 2 ** (attempt - 1), 30_000);
  return Math.max(base * (0.8 + 0.4 * random()), retryAfter ?? 0);
}

export function csrfToken(cookies: string): string {
  for (const cookie of cookies.split(";")) {
    const [name, ...value] = cookie.trim().split("=");
    if (name === "csrftoken") return decodeURIComponent(value.join("="));
  }
  return "";
}

async function read<T>(response: Response): Promise<Answer<T>> {
  if (response.ok) {
    const data = response.status === 204 ? undefined : await response.json();
    return { kind: "ok", status: response.status, data: data as T };
  }
  const seconds = Number(response.headers.get("Retry-After"));
  const wait = seconds > 0 ? { retryAfter: seconds * 1000 } : {};
  if (response.status === 429 || response.status === 408)
    return { kind: "failed", why: "busy", ...wait };
  if (response.status < 500) {
    const refusal = asRefusal(await response.json().catch(() => null));
    if (refusal) return { kind: "refused", status: response.status, ...refusal };
  }
  // A proxy's page or a crash: not our shape, so not our considered answer.
  return { kind: "failed", why: "server", ...wait };
}

function asRefusal(body: unknown): Refusal | null {
  if (typeof body !== "object" || body === null) return null;
  const { code, message, context } = body as Record<string, unknown>;
  if (typeof code !== "string") return null;
  return {
    code,
    message: typeof message === "string" ? message : "",
    context: typeof context === "object" && context !== null ? { ...context } : {},
  };
}

function timeLimit(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

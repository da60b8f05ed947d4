/**
 * The service worker. It looks after desks that were taken along, and sends votes when the line is
 * back. Every page comes from the server while that answers: what is kept here is for when it does
 * not, and goes as soon as it refuses.
 */
import type { Vote } from "../desk/core/contract";
import { type Database, type KeptVote, openDatabase } from "../desk/kept/database";
import { asPending, tell } from "../desk/kept/shelf";
import {
  allTaken,
  cacheOf,
  isOver,
  leaveHere,
  leaveStrays,
  noteStored,
  pictureKey,
  takenOf,
} from "../desk/kept/taken";
import { Outbox } from "../desk/sending/outbox";
import { sendVote } from "../desk/sending/votes-api";
import { saidOffline } from "./said";

/** Of the worker's own world only what is used here: its types clash with those of pages. */
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asking extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Syncing extends Lasting {
  readonly tag: string;
}
interface Installing extends Lasting {
  addRoutes?(rules: readonly object[]): Promise<void>;
}
interface World {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly cookieStore?: { get(name: string): Promise<{ readonly value: string } | null> };
  addEventListener(type: "install", react: (event: Installing) => void): void;
  addEventListener(type: "activate", react: (event: Lasting) => void): void;
  addEventListener(type: "fetch", react: (event: Asking) => void): void;
  addEventListener(type: "sync", react: (event: Syncing) => void): void;
}
const world = self as unknown as World;

const DESK = "/projects/:project/subjects/:subject/batches/:number/desk/";
const IS_DESK = /^\/projects\/[^/]+\/subjects\/[^/]+\/batches\/\d+\/desk\/$/;
const SIGN_OUT = "/accounts/logout/";
const FILES = "/static/";
const PICTURES = "/pictures/";
/** On a bad line: so long a page may take before the copy is shown instead. */
const PATIENCE_MS = 8000;

world.addEventListener("install", (event) => {
  // Where the browser knows how, all other requests do not wait for this worker to wake up.
  const mine = [DESK, SIGN_OUT, "/", `${FILES}*`, `${PICTURES}*`];
  const condition = { not: { or: mine.map((pathname) => ({ urlPattern: { pathname } })) } };
  const routes = event.addRoutes?.([{ condition, source: "network" }]).catch(() => undefined);
  event.waitUntil(Promise.all([routes, world.skipWaiting()]));
});

world.addEventListener("activate", (event) => event.waitUntil(world.clients.claim()));

world.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === SIGN_OUT && request.method === "POST") {
    event.waitUntil(leaveAll());
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (IS_DESK.test(pathname)) event.respondWith(desk(request, pathname));
    if (pathname === "/") event.respondWith(home(request));
    return;
  }
  const named = searchParams.get("taken");
  if (named && pathname.startsWith(PICTURES)) event.respondWith(picture(request, pathname, named));
  else if (pathname.startsWith(FILES)) event.respondWith(file(request));
});

world.addEventListener("sync", (event) => {
  if (event.tag === "votes") event.waitUntil(sendAll());
});

/** The server's page; the copy when there is no answer, and none when the answer is no. */
async function desk(request: Request, path: string): Promise<Response> {
  const taken = (await allTaken().catch(() => [])).find(({ url }) => url === path);
  if (!taken) return fetch(request);
  try {
    const answer = await within(PATIENCE_MS, fetch(request));
    if (answer.status < 500) {
      if (isRefusal(answer)) await leaveHere(taken);
      return answer;
    }
  } catch {
    // No line, or none worth the name.
  }
  if (isOver(taken, Date.now())) {
    await leaveHere(taken);
    return saidOffline({ over: true, taken: [] });
  }
  return (await caches.match(path, { cacheName: cacheOf(taken) })) ?? Response.error();
}

/** A desk that answers by sending one to the sign-in has signed one out. */
function isRefusal({ type, status }: Response): boolean {
  return type === "opaqueredirect" || (status >= 400 && status !== 408 && status !== 429);
}

/** Without a line: what is on this device, and how to get there. */
async function home(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const taken = (await allTaken().catch(() => [])).filter((each) => !isOver(each, Date.now()));
    if (taken.length === 0) throw error;
    return saidOffline({ over: false, taken });
  }
}

async function picture(request: Request, path: string, named: string): Promise<Response> {
  const [userId = "", batchId = "", name = ""] = named.split(".");
  const taken = await takenOf(userId, batchId).catch(() => undefined);
  if (taken && !isOver(taken, Date.now())) {
    const key = pictureKey(name, path.slice(path.lastIndexOf("/") + 1));
    const kept = await caches.match(key, { cacheName: cacheOf(taken) });
    if (kept) return kept;
  }
  return fetch(request);
}

/** Scripts and styles have their content in their name: a kept one is the one that is asked for. */
async function file(request: Request): Promise<Response> {
  const isNamed = new URL(request.url).pathname.startsWith(`${FILES}assets/`);
  if (isNamed) return (await caches.match(request)) ?? fetch(request);
  return fetch(request).catch(async () => (await caches.match(request)) ?? Response.error());
}

async function leaveAll(): Promise<void> {
  await Promise.all((await allTaken()).map(leaveHere));
  await leaveStrays();
}

/** Rejects when something is left to be sent: the browser then tries again, later and later. */
async function sendAll(): Promise<void> {
  const database = await openDatabase();
  const token = (await world.cookieStore?.get("csrftoken"))?.value ?? "";
  let left = 0;
  for (const vote of await database.getAll("votes")) {
    if (vote.refused === undefined && !(await sendOne(database, vote, token))) left++;
  }
  database.close();
  if (left > 0) throw new Error(`votes left to send: ${left}`);
}

/** Under the lock that tabs use too. Says whether there is nothing more to be done about it. */
async function sendOne(database: Database, kept: KeptVote, token: string): Promise<boolean> {
  const { userId, batchId, itemId } = kept;
  const key: [string, string, number] = [userId, batchId, itemId];
  const { prefix } = new Outbox(null, userId, batchId);
  return navigator.locks.request(`${prefix}${itemId}`, async () => {
    const now = await database.get("votes", key);
    if (!now || now.refused !== undefined) return true;
    const outcome = await sendVote(asPending(now), { person: userId, token });
    if (outcome.kind === "accepted") await settle(database, now, outcome.stored);
    else if (outcome.kind === "refused") await refuse(database, now, outcome.code);
    return outcome.kind === "accepted" || outcome.kind === "refused";
  });
}

async function settle(database: Database, sent: KeptVote, stored: Vote | null): Promise<void> {
  const { userId, batchId, itemId } = sent;
  if (await takenOf(userId, batchId)) await noteStored(sent, itemId, stored);
  await change(database, sent, null);
  tell({ userId, batchId, itemId, stored });
}

async function refuse(database: Database, sent: KeptVote, code: string): Promise<void> {
  const { userId, batchId, itemId } = sent;
  await change(database, sent, { ...sent, refused: code });
  tell({ userId, batchId, itemId });
}

/** Unless a newer vote has taken its place. */
async function change(database: Database, sent: KeptVote, to: KeptVote | null): Promise<void> {
  const { userId, batchId, itemId, clientKey } = sent;
  const write = database.transaction("votes", "readwrite");
  if ((await write.store.get([userId, batchId, itemId]))?.clientKey === clientKey) {
    if (to) await write.store.put(to);
    else await write.store.delete([userId, batchId, itemId]);
  }
  await write.done;
}

function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const over = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("too slow")), milliseconds);
  });
  return Promise.race([work, over]);
}

/** Balad's storefront script. Nothing here throws, rejects or waits longer than its deadline. */

/** What may be said of an item in a call; it overrides the catalogue for this call. */
export interface Item {
  item_id: string;
  price?: number;
  in_stock?: boolean;
  item_category?: string;
  item_brand?: string;
  attributes?: Record<string, unknown>;
}

export interface Options {
  /** The shop's publishable key, `pk_…`. */
  key?: string;
  /** Where Balad answers, without `/v1`; where the script came from unless said. */
  url?: string;
  /** Whether the visitor agreed. Without it nothing is kept in the browser and no id is sent. Default: false. */
  consent?: boolean | string;
  /** The shop's pseudonymous id of the visitor: 1 to 128 printable ASCII characters, no blank, no `@`. Else one is
   * made and kept in localStorage, with consent only. */
  visitor?: string | null;
  /** The page that events outside of a listing belong to. */
  page?: string;
  /** Milliseconds after which the shop's order stays. Default: 250. */
  deadline?: number | string;
  /** Listen to GA4's `dataLayer`. */
  ga4?: boolean | string;
}

export interface RankOptions {
  context?: { device?: string; country?: string; search_term?: string; filters?: string[]; referrer?: string };
  /** Answer only the beginning of the order; `next` has the rest, for 30 minutes. */
  limit?: number;
  deadline?: number;
  deadline_ms?: number;
}

export interface Ranking<T> {
  /** All that was given, in the order to show it, without what a rule hides or `limit` cuts. The shop's own order
   * where there is no other, or where the elements were already seen. */
  items: T[];
  ranking_id?: string;
  personalized: boolean;
  /** Why it is not personalised, as POST /v1/rank says it; null where nothing was answered. */
  reason: string | null;
  /** Whether `items` stand in the answered order. */
  applied: boolean;
}

export interface EventFields {
  items?: { item_id: string; index?: number; price?: number; quantity?: number }[];
  page?: string;
  ranking_id?: string;
  value?: number;
  currency?: string;
  transaction_id?: string;
  search_term?: string;
  detail?: string;
}

export type EventName =
  | "view_item_list" | "select_item" | "view_item" | "add_to_cart" | "remove_from_cart"
  | "add_to_wishlist" | "begin_checkout" | "purchase" | "refund" | "search";

/** Begin, or say more: what is left out stays as it was. A script tag says the same by `data-key`, `data-consent`, … */
export function init(options: Options): void;

/** Rank a listing of at most 500 items; what is beyond keeps its place. Elements (`data-balad-item`), or those inside
 * one element, are moved only while nobody sees them. */
export function rank(page: string, listing: Element): Promise<Ranking<Element>>;
export function rank<T extends string | number | Item | Element>(
  page: string, listing: Iterable<T>, options?: RankOptions,
): Promise<Ranking<T>>;

/** Ids of a further part of an order that `limit` cut; null where it is not to be had. */
export function next(ranking_id: string, offset: number, limit: number): Promise<string[] | null>;

/** Say what the visitor did. */
export function track(name: EventName, fields?: EventFields): void;

/** The visitor agrees, or no longer does: then everything of theirs in this browser goes, and what still waits to be
 * sent is nobody's. */
export function consent(yes: boolean): void;

/** Send now what waits. */
export function flush(): void;

declare const balad: {
  url: string;
  init: typeof init;
  rank: typeof rank;
  next: typeof next;
  track: typeof track;
  consent: typeof consent;
  flush: typeof flush;
};
export default balad;

declare global {
  interface Window {
    balad: typeof balad;
  }
}

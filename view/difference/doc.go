// Package difference says what differs between two sets of records: how calls, registrations and subscriptions ended, why requests failed and where, and how long
// things took.
//
// It calls only what the numbers carry a difference. Shares are compared by Fisher's exact test and delays by the rank test of Mann and Whitney, and the level of
// 5 % is shared among all comparisons by Holm's rule, so that not one row in twenty differs by chance.
package difference

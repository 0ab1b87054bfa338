// Package web is the page of the daemon, and the API under it: it serves both on one port, to browsers and to programs.
package web

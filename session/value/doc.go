// Package value reads single values of SIP messages as sessions keep and compare them.
package value

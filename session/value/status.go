package value

// Success reports whether a status is one of a 2xx response.
func Success(status int) bool { return status >= 200 && status < 300 }

// IsChallenge reports whether a status asks for credentials.
func IsChallenge(status int) bool { return status == 401 || status == 407 }

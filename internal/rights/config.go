package rights

// Config says as whom the daemon works when root has started it.
type Config struct {
	User string `mapstructure:"user"` // "": DefaultUser, if there is one of that name; "root": no change
}

// DefaultUser is the account that the packages make.
const DefaultUser = "sipspan"

// DefaultConfig works as DefaultUser.
func DefaultConfig() Config { return Config{} }

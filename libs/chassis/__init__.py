"""What every service needs that is not its business. It knows no service and no business word."""

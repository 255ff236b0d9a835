"""Units, agents and activity codes in the vendor's shapes; one file each."""

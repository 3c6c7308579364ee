CREATE TABLE publisher_secret (
	name VARCHAR(32) NOT NULL, 
	value VARCHAR(64) NOT NULL, 
	PRIMARY KEY (name)
);

CREATE TABLE publisher_leave (
	list_id VARCHAR(255) NOT NULL, 
	url VARCHAR(500) NOT NULL, 
	PRIMARY KEY (list_id)
);

